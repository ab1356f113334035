#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
/**
 * HTTP by hand: writes a GET request over a socket and takes the answer apart.
 *
 *     deno task http-get http://127.0.0.1:8000/index.html
 *     deno task http-get 127.0.0.1 8000 /index.html --verbose
 *
 * Look for where the answer ends. It begins with lines and goes on with bytes, and which bytes are still
 * its body is a matter of what the lines said: as many as `Content-Length` announces, chunks each with its
 * length in front, or all that comes until the server finishes. A read may return half a header, or the
 * end of the headers with the start of the body; `HttpResponseDecoder` gets the bytes as they come.
 *
 * Who sends HTTP a line break sends it a header. So an address with a blank or a control character is
 * refused, whoever it comes from. Everyday work is for `fetch` or curl; the README lists what is missing.
 *
 * @module
 */
import { BodyOutput } from "../lib/cli/body_output.ts";
import { CLIENT_FLAGS } from "../lib/cli/client_flags.ts";
import { CommandError, EXIT, UsageError } from "../lib/cli/exit.ts";
import { explainConnect } from "../lib/cli/explain_socket.ts";
import { explainTalk } from "../lib/cli/explain_talk.ts";
import type { CommandLine, FlagTable, FlagValues } from "../lib/cli/flags.ts";
import { printNote } from "../lib/cli/output.ts";
import { count } from "../lib/cli/plural.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import { readPem } from "../lib/cli/read_pem.ts";
import type { Launch } from "../lib/cli/rerun.ts";
import { MAX_SECONDS } from "../lib/cli/seconds.ts";
import { leaveOnInterrupt } from "../lib/cli/shutdown.ts";
import { VERSION } from "../lib/cli/version.ts";
import { MAX_HTTP_HEAD } from "../lib/codec/http_head.ts";
import {
  httpUrlOf,
  parseHttpUrl,
  portOf,
  redirectLocation,
  type RedirectPolicy,
  redirectTarget,
} from "../lib/codec/http_url.ts";
import { escapeForDisplay } from "../lib/codec/text.ts";
import { partOf } from "../lib/cli/output_file.ts";
import { bareHost, formatHostPort } from "../lib/net/address.ts";
import type { ByteStream } from "../lib/net/byte_stream.ts";
import { connectTls } from "../lib/net/connect.ts";
import { type HttpAnswer, httpGet, type HttpOptions } from "../lib/http/exchange.ts";

/** Redirects that are followed; more are a mistake of the server. */
const MAX_REDIRECTS = 5;

/** How to get a page. */
export interface GetPageOptions extends HttpOptions {
  /** Opens the connection for the last of these addresses; the others led there. */
  connect: (visited: readonly URL[]) => Promise<ByteStream>;
  /** Whether to follow redirects, and which. */
  redirects?: RedirectPolicy | undefined;
}

/**
 * Gets a page, over one connection for each redirect on the way, and hands it to `take`.
 *
 * @throws What {@linkcode httpGet} throws, and a `ProtocolError` for a redirect that is not to be followed.
 */
export async function getPage<T>(
  start: URL,
  { connect, redirects, ...options }: GetPageOptions,
  take: (page: HttpAnswer) => Promise<T>,
): Promise<T> {
  const visited = [start];
  for (let url = start;;) {
    using server = await connect(visited);
    const page = await httpGet(server, url, options);
    const next = redirects && redirectTarget(page.head, visited, redirects);
    if (next === undefined) return await take(page);
    visited.push(next);
    url = next;
  }
}

const FLAGS = {
  "http1.1": { kind: "switch", help: "speak HTTP/1.1 instead of HTTP/1.0" },
  verbose: { kind: "switch", short: "v", help: "show request and headers on standard error" },
  location: { kind: "switch", short: "L", help: `follow redirects, ${MAX_REDIRECTS} at most` },
  "allow-downgrade": { kind: "switch", help: "follow redirects from https: to http: as well" },
  fail: {
    kind: "switch",
    short: "f",
    help: "exit with 1, and without the body, if the status is 400 or above",
  },
  output: {
    kind: "text",
    short: "o",
    value: "FILE",
    help: "write the body there, once it is complete; needs --allow-write",
  },
  "max-size": {
    kind: "size",
    value: "BYTES",
    min: 0,
    default: 1024 ** 3,
    help: "size of the body beyond which it is given up, such as 10MB or 1GiB; 0 for any",
  },
  "connect-timeout": CLIENT_FLAGS["connect-timeout"],
  timeout: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    max: MAX_SECONDS,
    default: 30,
    help: "time for the headers, and then silence, after which the server is given up; 0 for never",
  },
  ca: { kind: "text", value: "FILE", help: CLIENT_FLAGS.ca.help },
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "http-get",
  summary: "asks for a page over a socket and prints its body",
  positionals: { names: "URL | HOST PORT PATH", min: 1, max: 3 },
  flags: FLAGS,
  examples: [
    ["deno task http-get http://127.0.0.1:8000/", "prints the page"],
    ["deno task http-get 127.0.0.1 8000 /index.html -v", "shows what is said, too"],
    ["deno task http-get -L -f localhost:8000 > page.html", "follows redirects into a file"],
  ],
  exitCodes: ["1 also if the body is incomplete, or with --fail if the status is 400 or above"],
};

type HttpGetFlags = FlagValues<typeof FLAGS>;

async function main({ flags, positionals }: CommandLine<typeof FLAGS>): Promise<number> {
  const start = startOf(positionals);
  const { location, "allow-downgrade": allowDowngrade } = flags;
  if (allowDowngrade && !location) {
    throw new UsageError("Option --allow-downgrade needs --location");
  }
  let where = whereIs(start);
  using output = new BodyOutput(flags.output, launchFor(flags, [start]));
  leaveOnInterrupt(() => {
    output[Symbol.dispose]();
    return `${count(output.bytes, "byte")} of the body received`;
  });
  const options = {
    ...httpOptions(flags),
    redirects: location ? { maxRedirects: MAX_REDIRECTS, allowDowngrade } : undefined,
    connect: (visited: readonly URL[]): Promise<Deno.Conn> => {
      const url = visited.at(-1) ?? start;
      where = whereIs(url);
      return connect(url, flags, launchFor(flags, visited));
    },
  };
  try {
    return await getPage(start, options, (page) => deliver(page, flags, output));
  } catch (error) {
    throw explainTalk(error, where);
  }
}

function startOf(positionals: readonly string[]): URL {
  const [first = "", port, path] = positionals;
  try {
    if (port === undefined) return parseHttpUrl(first);
    if (path !== undefined) return httpUrlOf(first, port, path);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(error.message);
    throw error;
  }
  throw new UsageError(`Missing argument: expected ${PROGRAM.positionals.names}`);
}

function whereIs(url: URL): string {
  return formatHostPort(bareHost(url.hostname), portOf(url));
}

/** Each host that is asked needs its own permission, the one behind a redirect as well. */
function launchFor({ output, ca }: HttpGetFlags, urls: readonly URL[]): Launch {
  const net = [...new Set(urls.map(whereIs))];
  const read = [ca, output && partOf(output)].filter((path) => path !== undefined);
  const files = {
    ...(read.length === 0 ? {} : { read }),
    ...(output === undefined ? {} : { write: [output, partOf(output)] }),
  };
  return { script: import.meta.url, args: Deno.args, grants: { net, ...files } };
}

async function connect(url: URL, flags: HttpGetFlags, launch: Launch): Promise<Deno.Conn> {
  const [hostname, port] = [bareHost(url.hostname), portOf(url)];
  const seconds = flags["connect-timeout"];
  const caCerts = flags.ca === undefined ? [] : [readPem(flags.ca, "certificate", launch)];
  try {
    if (url.protocol === "https:") {
      const options = { host: hostname, port, timeout: seconds * 1_000, tls: { caCerts } };
      return await connectTls(options);
    }
    const conn = await Deno.connect({
      hostname,
      port,
      signal: AbortSignal.timeout(seconds * 1_000),
    });
    conn.setNoDelay(true);
    return conn;
  } catch (error) {
    throw explainConnect(error, whereIs(url), launch, { timeout: seconds });
  }
}

function httpOptions({ verbose, timeout, ...flags }: HttpGetFlags): HttpOptions {
  return {
    version: flags["http1.1"] ? "1.1" : "1.0",
    agent: `http-get/${VERSION}`,
    timeout: timeout * 1_000,
    maxSize: flags["max-size"],
    onLine: (direction, line) => {
      if (verbose) printNote(`${direction} ${escapeForDisplay(line, MAX_HTTP_HEAD)}`.trimEnd());
    },
    onNote: printNote,
  };
}

async function deliver(
  { head, body }: HttpAnswer,
  { fail, location }: HttpGetFlags,
  output: BodyOutput,
): Promise<number> {
  const { status, reason } = head;
  if (fail && status >= 400) {
    throw new CommandError(`The server answered ${status} ${escapeForDisplay(reason)}`.trimEnd());
  }
  const elsewhere = redirectLocation(head);
  if (elsewhere !== undefined && !location) {
    const shown = escapeForDisplay(elsewhere);
    printNote(`Not followed: a redirect to "${shown}"; follow it with --location`);
  }
  for await (const part of body) await output.write(part);
  output.publish();
  return EXIT.done;
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
