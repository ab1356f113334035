import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { getPage } from "../../clients/http_get.ts";
import { concatBytes } from "../../lib/codec/bytes.ts";
import { ProtocolError } from "../../lib/codec/errors.ts";
import { portOf } from "../../lib/codec/http_url.ts";
import { encodeUtf8 } from "../../lib/codec/text.ts";
import { soon } from "../support/journal.ts";
import { connectTo, Peer } from "../support/peer.ts";
import { type Ended, runClient, startClient } from "../support/process.ts";
import { Random } from "../support/random.ts";
import { ResettingServer } from "../support/resetting_server.ts";
import { ScratchDirectory } from "../support/scratch.ts";

const SOCKETS = { permissions: { net: ["127.0.0.1"] }, timeout: 20_000 };
const PROCESS = { timeout: 60_000 };
const CA = "tests/vectors/tls/ca.pem";

/** A server that reads a request and says something; what was asked for chooses what. */
function httpPeer(answer: (path: string) => string | Uint8Array): Peer {
  return new Peer(async (conn) => {
    const path = await readRequest(conn);
    const said = answer(path);
    await writeWhole(conn, typeof said === "string" ? encodeUtf8(said) : said);
  });
}

/** Reads a request to its empty line and returns what it asks for. */
async function readRequest(conn: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(8192);
  let text = "";
  while (!text.endsWith("\r\n\r\n")) {
    const count = await soon(conn.read(buffer), "a request");
    if (count === null) return "";
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return text.split(" ")[1] ?? "";
}

async function writeWhole(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
}

const PAGE = "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n";

function redirect(to: string, status = 302): string {
  return `HTTP/1.0 ${status} Found\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`;
}

/** Follows redirects from a path in this process; returns what was asked for on the way, and the body. */
async function follow(peer: Peer, path: string): Promise<{ asked: string[]; body: string }> {
  const asked: string[] = [];
  const options = {
    version: "1.0",
    agent: "test/1",
    timeout: 5_000,
    maxSize: 0,
    redirects: { maxRedirects: 5, allowDowngrade: false },
    connect: (visited: readonly URL[]): Promise<Deno.TcpConn> => {
      asked.push(visited.at(-1)!.pathname);
      return connectTo(portOf(visited.at(-1)!));
    },
  } as const;
  const body = await getPage(
    new URL(`http://127.0.0.1:${peer.port}${path}`),
    options,
    async (page) => {
      const parts: Uint8Array[] = [];
      for await (const part of page.body) parts.push(part.slice());
      return new TextDecoder().decode(concatBytes(parts));
    },
  );
  return { asked, body };
}

Deno.test("getPage follows redirects, and closes each connection on the way", SOCKETS, async () => {
  await using peer = httpPeer((path) => path === "/3" ? PAGE : redirect(`/${Number(path[1]) + 1}`));
  assertEquals(await follow(peer, "/0"), { asked: ["/0", "/1", "/2", "/3"], body: "hello\n" });
});

Deno.test("getPage follows five redirects and not six, and no circle", SOCKETS, async () => {
  await using long = httpPeer((path) => path === "/5" ? PAGE : redirect(`/${Number(path[1]) + 1}`));
  assertEquals((await follow(long, "/0")).asked.length, 6);
  await using endless = httpPeer((path) => redirect(`${path}x`));
  await assertRejects(() => follow(endless, "/"), ProtocolError, "5 have been followed already");
  await using circle = httpPeer((path) => redirect(path === "/a" ? "/b" : "/a"));
  await assertRejects(() => follow(circle, "/a"), ProtocolError, "it leads in a circle");
});

/** Runs http-get against a server that says this to every request. */
async function get(
  said: string | Uint8Array,
  args: readonly string[] = [],
  grants: readonly string[] = [],
): Promise<Ended> {
  await using peer = httpPeer(() => said);
  return await runClient("http-get", [...args, `127.0.0.1:${peer.port}/page`], { grants });
}

Deno.test("http-get prints the body, byte for byte", PROCESS, async () => {
  const random = new Random();
  const body = random.bytes(200_000);
  const plain = concatBytes([
    encodeUtf8(`HTTP/1.0 200 OK\r\nContent-Length: 200000\r\n\r\n`),
    body,
  ]);
  const untilEnd = concatBytes([encodeUtf8("HTTP/1.0 200 OK\r\n\r\n"), body]);
  const chunks: Uint8Array[] = [
    encodeUtf8("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
  ];
  for (let at = 0; at < body.length;) {
    const chunk = body.subarray(at, at += random.integer(1, 20_000));
    chunks.push(encodeUtf8(`${chunk.length.toString(16)}\r\n`), chunk, encodeUtf8("\r\n"));
  }
  const chunked = concatBytes([...chunks, encodeUtf8("0\r\n\r\n")]);
  for (const [name, answer] of Object.entries({ plain, untilEnd, chunked })) {
    const { code, bytes, stderr } = await get(answer);
    assertEquals([code, stderr], [0, ""], `${name}, seed ${random.seed}`);
    assertEquals(bytes.toHex() === body.toHex(), true, `${name}, seed ${random.seed}`);
  }
});

Deno.test("http-get HOST PORT PATH, and what --verbose shows", PROCESS, async () => {
  await using peer = httpPeer(() => "HTTP/1.0 200 OK\r\nX: \x1b[2J\r\nContent-Length: 2\r\n\r\nhi");
  const args = ["127.0.0.1", peer.port, "/a?b", "--verbose"];
  const { code, stdout, stderr } = await runClient("http-get", args);
  assertEquals([code, stdout], [0, "hi"]);
  assertEquals(stderr.replace(/http-get\/[\d.]+/, "http-get/VERSION").split("\n"), [
    "> GET /a?b HTTP/1.0",
    `> Host: 127.0.0.1:${peer.port}`,
    "> User-Agent: http-get/VERSION",
    ">",
    "< HTTP/1.0 200 OK",
    "< X: \\x1b[2J",
    "< Content-Length: 2",
    "<",
    "",
  ]);
});

Deno.test("http-get --http1.1 asks for the connection to be closed", PROCESS, async () => {
  const { code, stderr } = await get(PAGE, ["--http1.1", "-v"]);
  assertEquals(code, 0);
  assertStringIncludes(stderr, "> GET /page HTTP/1.1\n");
  assertStringIncludes(stderr, "> Connection: close\n");
});

Deno.test(
  "http-get does not wait for a server that keeps the connection open",
  PROCESS,
  async () => {
    await using peer = new Peer(async (conn) => {
      await readRequest(conn);
      await writeWhole(conn, encodeUtf8(PAGE));
      await conn.read(new Uint8Array(1));
    });
    const { code, stdout } = await runClient("http-get", [`127.0.0.1:${peer.port}`]);
    assertEquals([code, stdout], [0, "hello\n"]);
  },
);

Deno.test("http-get follows redirects only when it is told to", PROCESS, async () => {
  await using peer = httpPeer((path) => path === "/" ? redirect("/\x07there") : PAGE);
  const stays = await runClient("http-get", [`127.0.0.1:${peer.port}`]);
  assertEquals([stays.code, stays.stdout], [0, ""]);
  assertEquals(
    stays.stderr,
    'Not followed: a redirect to "/\\x07there"; follow it with --location\n',
  );
  await using other = httpPeer((path) => path === "/" ? redirect("/there") : PAGE);
  const goes = await runClient("http-get", ["-L", `127.0.0.1:${other.port}`]);
  assertEquals([goes.code, goes.stdout, goes.stderr], [0, "hello\n", ""]);
});

Deno.test("http-get names the permission that a redirect needs", PROCESS, async () => {
  const { code, stderr } = await get(redirect("http://192.0.2.7/x"), ["-L"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Cannot connect to 192.0.2.7:80: network access is limited");
  assert(
    /--allow-net=127\.0\.0\.1:\d+,192\.0\.2\.7:80 clients\/http_get\.ts -L /.test(stderr),
    stderr,
  );
});

Deno.test("http-get --fail turns statuses from 400 on into failures", PROCESS, async () => {
  const missing = "HTTP/1.0 404 Not\x1bFound\r\nContent-Length: 4\r\n\r\nsad\n";
  const shown = await get(missing);
  assertEquals([shown.code, shown.stdout], [0, "sad\n"]);
  const failed = await get(missing, ["--fail"]);
  assertEquals([failed.code, failed.stdout], [1, ""]);
  assertEquals(failed.stderr, "The server answered 404 Not\\x1bFound\n");
  const fine = await get(PAGE, ["-f"]);
  assertEquals([fine.code, fine.stdout], [0, "hello\n"]);
});

/** Servers that misbehave: what they do once they are asked, and what the client says. */
const HOSTILE: readonly (readonly [
  name: string,
  talk: (conn: Deno.TcpConn) => Promise<unknown>,
  says: string,
  seconds?: number,
])[] = [
  ["nothing", () => Promise.resolve(), "The server closed without an answer"],
  ["silence", waitForEnd, "No answer for 0.3 s; allow more with --timeout", 0.3],
  ["garbage", says("220 mail.example ESMTP\r\n"), "does not speak HTTP/1: it answers"],
  [
    "headers cut off",
    says("HTTP/1.0 200 OK\r\nA"),
    "The server closed in the middle of its headers",
  ],
  [
    "a short body",
    says("HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nhi"),
    "The server closed in the middle of the body, after 2 of 10 bytes",
  ],
  [
    "chunks cut off",
    says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
    "in the middle of the body, after 3 bytes",
  ],
  [
    "a body that stops",
    async (conn) => {
      await writeWhole(conn, encodeUtf8("HTTP/1.0 200 OK\r\n\r\nhi"));
      await waitForEnd(conn);
    },
    "No answer for 0.3 s",
    0.3,
  ],
  ["an endless line", endless("HTTP/1.0 200 ", "x"), "65536 bytes"],
  ["an endless header", endless("HTTP/1.0 200 OK\r\nX: ", "x"), "65536 bytes"],
  ["endless headers", endless("HTTP/1.0 200 OK\r\n", "A: b\r\n"), "65536 bytes of headers"],
  [
    "endless interim responses",
    endless("", "HTTP/1.1 103 Hints\r\n\r\n"),
    "65536 bytes of headers",
  ],
  [
    "an endless body",
    endless("HTTP/1.0 200 OK\r\n\r\n", "x"),
    "The body has more than 100000 bytes; allow more with --max-size",
  ],
  [
    "a body that is announced too large",
    says("HTTP/1.0 200 OK\r\nContent-Length: 100001\r\n\r\n"),
    "The body has more than 100000 bytes",
  ],
  [
    "another coding",
    says("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"),
    'Cannot decode transfer coding "gzip": only "chunked" is understood',
  ],
];

function says(text: string): (conn: Deno.TcpConn) => Promise<void> {
  return (conn) => writeWhole(conn, encodeUtf8(text));
}

function endless(start: string, again: string): (conn: Deno.TcpConn) => Promise<void> {
  const piece = encodeUtf8(again.repeat(1 + 16_384 / again.length));
  return async (conn) => {
    await writeWhole(conn, encodeUtf8(start));
    // Until the client has left.
    while (await conn.write(piece).catch(() => 0) === piece.length);
  };
}

async function waitForEnd(conn: Deno.TcpConn): Promise<void> {
  await conn.read(new Uint8Array(1)).catch(() => null);
}

for (const [name, talk, text, seconds = 20] of HOSTILE) {
  Deno.test(
    `http-get ends with a sentence and code 1, and leaves no file: ${name}`,
    PROCESS,
    async () => {
      using directory = new ScratchDirectory();
      await using peer = new Peer(async (conn) => {
        await readRequest(conn);
        await talk(conn);
      });
      const limits = ["--timeout", String(seconds), "--max-size", "100000"];
      const file = directory.file("page");
      const { code, stderr } = await runClient(
        "http-get",
        [...limits, "-o", file, `127.0.0.1:${peer.port}`],
        { grants: ["--allow-read=.test", "--allow-write=.test"] },
      );
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, text);
      assertStringIncludes(stderr, `(127.0.0.1:${peer.port})\n`);
      assertEquals(stderr.split("\n").length, 2, stderr);
      assertEquals([...Deno.readDirSync(directory.path)], []);
    },
  );
}

Deno.test(
  "http-get takes a size with a unit, and shows its default with one",
  PROCESS,
  async () => {
    const body = "x".repeat(2048);
    await using peer = httpPeer(() => `HTTP/1.0 200 OK\r\nContent-Length: 2048\r\n\r\n${body}`);
    const url = `127.0.0.1:${peer.port}`;
    for (const [size, code] of [["2KiB", 0], ["2kB", 1]] as const) {
      const ended = await runClient("http-get", ["--max-size", size, url]);
      assertEquals([ended.code, ended.stdout], [code, code === 0 ? body : ""], size);
    }
    const { stdout } = await runClient("http-get", ["--help"]);
    assertStringIncludes(stdout, "(default 1GiB)");
  },
);

Deno.test("the examples of http-get need no more than the task may do", PROCESS, async () => {
  const { stdout } = await runClient("http-get", ["--help"]);
  const [, list = ""] = /\nExamples:\n([\s\S]*?)\n\n/.exec(stdout) ?? [];
  const examples = list.split("\n").map((line) => line.trim().split(/ {2,}/)[0]!);
  assertEquals(examples.length, 3);
  await using peer = httpPeer((path) => path === "/" ? redirect("/index.html") : PAGE);
  for (const example of examples) {
    const words = example.replace("deno task http-get ", "").replace(/ > .*$/, "")
      .replace("8000", peer.port).split(" ");
    const { code, stderr } = await runClient("http-get", words);
    assertEquals(code, 0, `${example}: ${stderr}`);
  }
});

Deno.test("http-get names a reset connection", PROCESS, async () => {
  for (const first of ["", "HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nhi"]) {
    await using server = await new ResettingServer({ first, whenSpokenTo: true }).listening();
    const { code, stderr } = await runClient("http-get", [`127.0.0.1:${server.port}`]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `127.0.0.1:${server.port}`);
    assertEquals(stderr.split("\n").length, 2, stderr);
  }
});

Deno.test("http-get -o writes the file when it is complete", PROCESS, async () => {
  using directory = new ScratchDirectory();
  const file = directory.file("page.html");
  Deno.writeTextFileSync(file, "old");
  const narrow = [`--allow-read=${file}.part`, `--allow-write=${file},${file}.part`];
  const { code, stdout, stderr } = await get(PAGE, ["-o", file], narrow);
  assertEquals([code, stdout, stderr], [0, "", ""]);
  assertEquals(Deno.readTextFileSync(file), "hello\n");
  assertEquals([...Deno.readDirSync(directory.path)].length, 1);

  const failed = await get("HTTP/1.0 500 No\r\n\r\noops", ["-f", "-o", file], narrow);
  assertEquals([failed.code, Deno.readTextFileSync(file)], [1, "hello\n"]);

  Deno.writeTextFileSync(`${file}.part`, "");
  const taken = await get(PAGE, ["-o", file], narrow);
  assertEquals(taken.code, 1);
  assertStringIncludes(taken.stderr, `Cannot write "${file}": "${file}.part" is there: `);
});

Deno.test(
  "http-get names the permissions that -o needs, before it asks anybody",
  PROCESS,
  async () => {
    const { code, stderr } = await runClient("http-get", ["-o", "page.html", "127.0.0.1:1/"]);
    assertEquals(code, 1);
    assertEquals(
      stderr,
      'Cannot write "page.html": a permission that this needs was not granted; run: deno run ' +
        "--allow-net=127.0.0.1:1 --allow-read=page.html.part " +
        "--allow-write=page.html,page.html.part clients/http_get.ts -o page.html 127.0.0.1:1/\n",
    );
  },
);

Deno.test("http-get, interrupted, removes the part and says what was done", PROCESS, async () => {
  using directory = new ScratchDirectory();
  const file = directory.file("page");
  const sent = Promise.withResolvers<void>();
  await using peer = new Peer(async (conn) => {
    await readRequest(conn);
    await writeWhole(conn, encodeUtf8("HTTP/1.0 200 OK\r\n\r\nhello"));
    sent.resolve();
    await waitForEnd(conn);
  });
  const args = ["-v", "-o", file, `127.0.0.1:${peer.port}`];
  await using client = startClient("http-get", args, {
    grants: ["--allow-read=.test", "--allow-write=.test"],
  });
  await sent.promise;
  await client.stderr.find((line) => line === "<", "the headers");
  client.kill("SIGINT");
  assertEquals((await client.end()).code, 130);
  assert(/^Interrupted: [05] bytes of the body received$/m.test(client.stderr.text));
  assertEquals([...Deno.readDirSync(directory.path)], []);
});

Deno.test("http-get refuses wrong usage", PROCESS, async () => {
  const cases: readonly (readonly [args: string[], says: string])[] = [
    [[], "Missing argument: expected URL | HOST PORT PATH"],
    [["127.0.0.1", "8000"], "Missing argument: expected URL | HOST PORT PATH"],
    [["http://127.0.0.1/\r\nHost: evil"], "it has a blank or a control character"],
    [["127.0.0.1", "80", "/ HTTP/1.1\r\nX: y"], "it has a blank or a control character"],
    [["127.0.0.1\r\nX: y", "80", "/"], "it has a blank or a control character"],
    [["gopher://127.0.0.1/"], "expected http: or https:"],
    [["--allow-downgrade", "127.0.0.1"], "Option --allow-downgrade needs --location"],
    [["-x", "127.0.0.1"], 'Unknown option "-x"'],
    [["127.0.0.1", "-o"], "Option --output needs a value: FILE"],
  ];
  for (const [args, text] of cases) {
    const { code, stderr } = await runClient("http-get", args);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, text);
  }
});

/** A server that speaks TLS, and says this to whoever asks. */
function tlsServer(said: string, finishes = true): AsyncDisposable & { port: number } {
  const listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert: Deno.readTextFileSync("tests/vectors/tls/leaf.pem"),
    key: Deno.readTextFileSync("tests/vectors/tls/leaf_key.pem"),
  });
  const serving = (async (): Promise<void> => {
    for (;;) {
      const conn = await listener.accept();
      try {
        await readRequest(conn);
        await writeWhole(conn, encodeUtf8(said));
        if (finishes) await conn.closeWrite();
        else await conn.read(new Uint8Array(1));
      } catch {
        // The client did not like the certificate.
      } finally {
        conn.close();
      }
    }
  })().catch(() => {});
  return {
    port: (listener.addr as Deno.NetAddr).port,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await serving;
    },
  };
}

Deno.test("http-get speaks https, to servers whose certificate it can check", PROCESS, async () => {
  await using server = tlsServer(PAGE);
  const url = `https://127.0.0.1:${server.port}/`;
  const trusted = await runClient("http-get", ["--ca", CA, url], {
    grants: [`--allow-read=${CA}`],
  });
  assertEquals([trusted.code, trusted.stdout, trusted.stderr], [0, "hello\n", ""]);
  const unknown = await runClient("http-get", [url]);
  assertEquals([unknown.code, unknown.stdout], [1, ""]);
  assertStringIncludes(unknown.stderr, `Cannot connect to 127.0.0.1:${server.port}: TLS: `);
  assertStringIncludes(unknown.stderr, "name a certificate to trust with --ca FILE");
});

Deno.test("http-get takes a body that TLS did not end for incomplete", PROCESS, async () => {
  await using server = tlsServer("HTTP/1.0 200 OK\r\n\r\nhello\n", false);
  // Whoever sits on the way can end the connection, but cannot say so in the name of the server.
  const cut = Promise.withResolvers<void>();
  await using relay = new Peer(async (conn) => {
    using upstream = await connectTo(server.port);
    const ways = [forward(conn, upstream), forward(upstream, conn)];
    await cut.promise;
    conn.close();
    upstream.close();
    await Promise.all(ways);
  });
  const args = ["-v", "--ca", CA, `https://127.0.0.1:${relay.port}/`];
  await using client = startClient("http-get", args, { grants: [`--allow-read=${CA}`] });
  await client.stderr.find((line) => line === "<", "the headers");
  cut.resolve();
  assertEquals((await client.end()).code, 1);
  assertStringIncludes(client.stderr.text, "it broke off without the end mark of TLS");
});

async function forward(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(4096);
  try {
    for (let count; (count = await from.read(buffer)) !== null;) {
      await writeWhole(to, buffer.subarray(0, count));
    }
  } catch (error) {
    // Cut off, as the test wants it.
    if (!(error instanceof Deno.errors.Interrupted)) throw error;
  }
}

Deno.test("http-get follows from https to http only when it is told to", PROCESS, async () => {
  await using plain = httpPeer(() => PAGE);
  await using server = tlsServer(redirect(`http://127.0.0.1:${plain.port}/`));
  const args = ["-L", "--ca", CA, `https://127.0.0.1:${server.port}/`];
  const grants = [`--allow-read=${CA}`];
  const refused = await runClient("http-get", args, { grants });
  assertEquals([refused.code, refused.stdout], [1, ""]);
  assertStringIncludes(
    refused.stderr,
    "it gives up https:, and everybody on the way could read along",
  );
  const allowed = await runClient("http-get", ["--allow-downgrade", ...args], { grants });
  assertEquals([allowed.code, allowed.stdout], [0, "hello\n"]);
});

Deno.test("http-get waits for a TLS handshake only so long", PROCESS, async () => {
  await using peer = new Peer(waitForLongEnd);
  const args = ["--connect-timeout", "0.3", `https://127.0.0.1:${peer.port}/`];
  const { code, stderr } = await runClient("http-get", args);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "no answer within 0.3 s; allow more with --connect-timeout");
});

/** Reads whatever comes, and says nothing. */
async function waitForLongEnd(conn: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(4096);
  while (await conn.read(buffer).catch(() => null) !== null);
}

Deno.test("http-get says what is wrong where nobody listens, or nobody is", PROCESS, async () => {
  const refused = await runClient("http-get", ["127.0.0.1:1"]);
  assertEquals(refused.code, 1);
  assertEquals(
    refused.stderr,
    "Cannot connect to 127.0.0.1:1: connection refused; nothing listens there\n",
  );
});
