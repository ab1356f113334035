import { assert, assertEquals, assertMatch } from "@std/assert";
import { connectTo, exchange, readAll } from "../support/peer.ts";
import { runClient, startServer } from "../support/process.ts";

const PROCESS = { timeout: 60_000 };

Deno.test(
  "chat-server registers a client in any order and says goodbye to it",
  PROCESS,
  async () => {
    await using server = await startServer("chat-server");
    for (const greeting of ["NICK ann\r\nUSER a 0 * :A\r\n", "USER a 0 * :A\nNICK ann\n"]) {
      const lines = (await exchange(server.port, `${greeting}QUIT :bye\r\n`)).split("\r\n");
      const numerics = lines.map((line) => line.split(" ")[1]);
      for (const expected of ["001", "002", "003", "004", "005", "251", "255", "422"]) {
        assert(numerics.includes(expected), `${expected} in ${lines.join("\n")}`);
      }
      assertMatch(lines.at(-2) ?? "", /^ERROR :/);
    }
    assertEquals(await server.stop(), 0);
  },
);

Deno.test("chat-server brings a line to everybody else in the channel, once", PROCESS, async () => {
  await using server = await startServer("chat-server");
  using ann = await connectTo(server.port);
  const heard = readAll(ann).then((bytes) => new TextDecoder().decode(bytes));
  await ann.write(new TextEncoder().encode("NICK ann\r\nUSER a 0 * :A\r\nJOIN #c\r\n"));
  await server.logged(/Connected by/);
  // The second one leaves only when the first has seen its line: PING comes back after it.
  const second = await exchange(
    server.port,
    "NICK bob\r\nUSER b 0 * :B\r\nJOIN #c\r\nPRIVMSG #c :hello, all\r\nPING done\r\nQUIT\r\n",
  );
  assertMatch(second, /PONG \S+ :?done/);
  assert(!second.includes("hello, all"), "the sender does not hear itself");
  await ann.write(new TextEncoder().encode("QUIT\r\n"));
  const text = await heard;
  assertEquals(text.match(/PRIVMSG #c :hello, all/g)?.length, 1);
  assertMatch(text, /:bob!\S+ QUIT/);
  assertEquals(await server.stop(), 0);
});

Deno.test("chat-server tells everybody when it stops", PROCESS, async () => {
  await using server = await startServer("chat-server");
  using ann = await connectTo(server.port);
  const heard = readAll(ann).then((bytes) => new TextDecoder().decode(bytes));
  await ann.write(new TextEncoder().encode("NICK ann\r\nUSER a 0 * :A\r\n"));
  await server.logged(/Connected by/);
  assertEquals(await server.stop(), 0);
  assertMatch(await heard, /ERROR :[^\r\n]*\r\n$/);
});

Deno.test("chat-server --hash-password makes a hash of what is piped in", PROCESS, async () => {
  const { code, stdout } = await runClient("chat-server", ["--hash-password"], {
    stdin: "secret\n",
  });
  assertEquals(code, 0);
  assertMatch(stdout, /scrypt/);
});
