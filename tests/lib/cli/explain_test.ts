import { assertEquals, assertStrictEquals } from "@std/assert";
import { CommandError, EXIT } from "../../../lib/cli/exit.ts";
import { explainFile } from "../../../lib/cli/explain.ts";
import { explainConnect, explainListen } from "../../../lib/cli/explain_socket.ts";
import { DeadlineError } from "../../../lib/net/deadline.ts";
import type { Launch } from "../../../lib/cli/rerun.ts";

const OPTIONS = { timeout: 5_000 } as const;

function launchOf(script: string, args: string[], grants: Launch["grants"]): Launch {
  return { script: new URL(`../../../${script}`, import.meta.url).href, args, grants };
}

/** The runtime's error for a missing permission. */
const DENIED = new Deno.errors.NotCapable("Requires net access");

function coded(code: string): Error {
  return Object.assign(new Error(`os error ${code}`), { code });
}

Deno.test("explainListen says what stood in the way and what to do", OPTIONS, () => {
  const launch = launchOf("servers/echo_server.ts", ["--host", "0.0.0.0", "--port", "7000"], {
    net: ["0.0.0.0:7000"],
  });
  const cases: [Error, string][] = [
    [
      DENIED,
      "network access is limited to loopback; run: " +
      "deno run --allow-net=0.0.0.0:7000 servers/echo_server.ts --host 0.0.0.0 --port 7000",
    ],
    [
      new Deno.errors.AddrInUse("Address already in use (os error 98)"),
      "address in use; choose another with --port, or --port 0 for a free one",
    ],
    [
      new Deno.errors.AddrNotAvailable("Cannot assign requested address (os error 99)"),
      "this machine has no such address; choose another with --host",
    ],
    [
      new Deno.errors.PermissionDenied("Permission denied (os error 13)"),
      "the system denied it; ports below 1024 need privileges, choose another with --port",
    ],
    [coded("EMFILE"), "too many open files; raise the limit with: ulimit -n"],
    [new Error("Something\x1b[31m else"), "Something\\x1b[31m else"],
  ];
  for (const [error, reason] of cases) {
    const { message, exitCode, cause } = explainListen(error, "0.0.0.0:7000", launch);
    assertEquals(message, `Cannot listen on 0.0.0.0:7000: ${reason}`);
    assertEquals(exitCode, EXIT.failed);
    assertStrictEquals(cause, error);
  }
});

Deno.test("explainListen knows that a Unix socket is a file", OPTIONS, () => {
  const path = "/run/echo.sock";
  const launch = launchOf("servers/echo_server.ts", ["--unix", path], {
    net: [`unix:${path}`],
    read: [path],
    write: [path],
  });
  const inUse = new Deno.errors.AddrInUse("Address already in use (os error 98)");
  assertEquals(
    explainListen(inUse, path, launch).message,
    "Cannot listen on /run/echo.sock: address in use; if no server runs there, remove the file",
  );
  assertEquals(
    explainListen(DENIED, path, launch).message,
    "Cannot listen on /run/echo.sock: a permission that this needs was not granted; run: " +
      "deno run --allow-net=unix:/run/echo.sock --allow-read=/run/echo.sock " +
      "--allow-write=/run/echo.sock servers/echo_server.ts --unix /run/echo.sock",
  );
});

Deno.test("explainListen advises to remove a socket's file and no other", OPTIONS, () => {
  const inUse = new Deno.errors.AddrInUse("Address already in use (os error 98)");
  for (const path of ["tests", "README.md"]) {
    const launch = launchOf("servers/echo_server.ts", [], { net: [`unix:/here/${path}`] });
    assertEquals(
      explainListen(inUse, path, launch).message,
      `Cannot listen on ${path}: something else than a socket has that name; choose another with --unix`,
    );
  }
});

Deno.test("a path that cannot be a Unix socket's is explained", OPTIONS, () => {
  const path = "/run/echo.sock";
  const launch = launchOf("servers/echo_server.ts", [], { net: [`unix:${path}`] });
  const tooLong = Object.assign(new TypeError("path must be shorter than SUN_LEN"), {
    code: "EINVAL",
  });
  const cases: [Error, string][] = [
    [new Deno.errors.NotFound("No such file (os error 2)"), "no such directory; make it first"],
    [new Deno.errors.NotADirectory("(os error 20)"), "no such directory; make it first"],
    [new Deno.errors.PermissionDenied("(os error 13)"), "the system denied it"],
    [tooLong, "the path is too long for a Unix socket"],
    [coded("EMFILE"), "too many open files; raise the limit with: ulimit -n"],
  ];
  for (const [error, reason] of cases) {
    assertEquals(explainListen(error, path, launch).message, `Cannot listen on ${path}: ${reason}`);
  }
  assertEquals(
    explainConnect(tooLong, path, launch, { timeout: 5 }).message,
    `Cannot connect to ${path}: the path is too long for a Unix socket`,
  );
});

Deno.test("a TCP listener beside a Unix socket's has its own reasons", OPTIONS, () => {
  const launch = launchOf("servers/chat_server.ts", [], { net: ["127.0.0.1:7", "unix:/run/c"] });
  assertEquals(
    explainListen(new Deno.errors.AddrInUse(""), "127.0.0.1:7", launch).message,
    "Cannot listen on 127.0.0.1:7: address in use; choose another with --port, or --port 0 for a free one",
  );
});

Deno.test("a name without an address is explained", OPTIONS, () => {
  const launch = launchOf("servers/echo_server.ts", [], { net: ["nosuch.invalid:7"] });
  const lookup = new Error("failed to lookup address information: Name or service not known");
  const reason = "no address is known for that name";
  for (const error of [lookup, new URIError("invalid host 'a key': invalid char found in FQDN")]) {
    assertEquals(
      [
        explainListen(error, "nosuch.invalid:7", launch).message,
        explainConnect(error, "nosuch.invalid:7", launch, { timeout: 5 }).message,
      ],
      [
        `Cannot listen on nosuch.invalid:7: ${reason}`,
        `Cannot connect to nosuch.invalid:7: ${reason}`,
      ],
    );
  }
});

Deno.test("a key that does not fit is not taken for a name without an address", OPTIONS, () => {
  const launch = launchOf("servers/echo_server.ts", [], { net: ["localhost:7"] });
  const errors = [
    new Error("keys may not be consistent: KeyMismatch"),
    new Error("unexpected error: failed to parse private key as RSA, ECDSA, or EdDSA"),
    new Deno.errors.InvalidData("Unable to decode certificate"),
  ];
  for (const error of errors) {
    assertEquals(
      explainListen(error, "localhost:7", launch).message,
      `Cannot listen on localhost:7: TLS: ${error.message}; ` +
        "do certificate and private key belong together?",
    );
  }
});

Deno.test("explainConnect says what stood in the way and what to do", OPTIONS, () => {
  const launch = launchOf("clients/echo_client.ts", ["--host", "192.0.2.1"], {
    net: ["192.0.2.1:65432"],
  });
  const hints = { startServer: "deno task echo-server", timeout: 5 };
  const cases: [unknown, string][] = [
    [
      new Deno.errors.ConnectionRefused("Connection refused (os error 111)"),
      "connection refused; is the server running? Start it with: deno task echo-server",
    ],
    [
      DENIED,
      "network access is limited to loopback; run: " +
      "deno run --allow-net=192.0.2.1:65432 clients/echo_client.ts --host 192.0.2.1",
    ],
    [
      new DOMException("Signal timed out.", "TimeoutError"),
      "no answer within 5 s; allow more with --connect-timeout",
    ],
    [
      new Deno.errors.TimedOut("Connection timed out (os error 110)"),
      "no answer within 5 s; allow more with --connect-timeout",
    ],
    [
      new DeadlineError("no TLS handshake in time", 5_000),
      "no answer within 5 s; allow more with --connect-timeout",
    ],
    [new Deno.errors.NotFound("No such file"), "no such socket file; is the server running?"],
    [
      new Deno.errors.InvalidData("invalid peer certificate: UnknownIssuer"),
      "TLS: invalid peer certificate: UnknownIssuer; name a certificate to trust with --ca FILE",
    ],
    [
      new Deno.errors.InvalidData("received corrupt message of type InvalidContentType"),
      "the server does not speak TLS",
    ],
    [
      new Deno.errors.InvalidData("received fatal alert: HandshakeFailure"),
      "TLS: received fatal alert: HandshakeFailure",
    ],
    [
      new Deno.errors.UnexpectedEof("tls handshake eof"),
      "the server hung up at once; does it speak TLS if you do, and plain TCP if you do not?",
    ],
    [coded("ENETUNREACH"), "network unreachable"],
    [coded("EHOSTUNREACH"), "host unreachable"],
    [new Error("failed to lookup address information"), "failed to lookup address information"],
    ["not even an error", "not even an error"],
  ];
  for (const [error, reason] of cases) {
    const { message, exitCode } = explainConnect(error, "192.0.2.1:65432", launch, hints);
    assertEquals(message, `Cannot connect to 192.0.2.1:65432: ${reason}`);
    assertEquals(exitCode, EXIT.failed);
  }
});

Deno.test("explainConnect has no command where no server is ours", OPTIONS, () => {
  const launch = launchOf("clients/echo_client.ts", [], {});
  const refused = new Deno.errors.ConnectionRefused("");
  assertEquals(
    explainConnect(refused, "127.0.0.1:80", launch, { timeout: 5 }).message,
    "Cannot connect to 127.0.0.1:80: connection refused; nothing listens there",
  );
});

Deno.test("explainFile names the file and its use", OPTIONS, () => {
  const launch = launchOf("clients/echo_client.ts", ["--tls", "--ca", "my ca.pem"], {
    net: ["127.0.0.1:65432"],
    read: ["my ca.pem"],
  });
  const cases: [Error, string][] = [
    [new Deno.errors.NotFound(""), "no such file"],
    [new Deno.errors.PermissionDenied(""), "the system denied it"],
    [new Deno.errors.IsADirectory(""), "it is a directory"],
    [
      DENIED,
      "a permission that this needs was not granted; run: deno run --allow-net=127.0.0.1:65432 " +
      "'--allow-read=my ca.pem' clients/echo_client.ts --tls --ca 'my ca.pem'",
    ],
  ];
  for (const [error, reason] of cases) {
    assertEquals(
      explainFile(error, "certificates", "my ca.pem", launch).message,
      `Cannot read certificates "my ca.pem": ${reason}`,
    );
  }
});

Deno.test("explain leaves alone what is explained already", OPTIONS, () => {
  const launch = launchOf("clients/echo_client.ts", [], {});
  const known = new CommandError("Cannot do it: no");
  assertStrictEquals(explainListen(known, "x", launch), known);
});
