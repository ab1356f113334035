import { assertEquals, assertThrows } from "@std/assert";
import { DEFAULT_CONFIG } from "../../../lib/chat/config.ts";
import { DEFAULT_LIMITS } from "../../../lib/chat/limits.ts";
import { holdsPlainPassword, readSettings } from "../../../lib/chat/settings.ts";
import { DEFAULT_TRAFFIC } from "../../../lib/chat/traffic.ts";
import { SchemaError } from "../../../lib/codec/schema.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const HASH = "$scrypt$ln=14,r=8,p=5$AAECAw$AAECAwQFBgc";

Deno.test("an empty file means the defaults", PURE, () => {
  const { chat, traffic, listeners } = readSettings({});
  assertEquals({ ...chat, limits: DEFAULT_LIMITS }, DEFAULT_CONFIG);
  assertEquals(chat.limits, { ...DEFAULT_LIMITS, ...DEFAULT_TRAFFIC });
  assertEquals(traffic, { ...DEFAULT_LIMITS, ...DEFAULT_TRAFFIC });
  assertEquals(listeners, []);
});

Deno.test("every key comes out where it belongs", PURE, () => {
  const { chat, traffic, listeners } = readSettings({
    name: "irc.example.org",
    network: "Example",
    description: "Where examples meet",
    motd: ["Welcome", "", "\x0304red\x03"],
    admin: { location: "Here", organisation: "We", email: "we@example.org" },
    password: HASH,
    operators: [
      { name: "ann", password: "geheim" },
      { name: "bob", password: HASH, hosts: ["*@10.0.0.*", "~bob@::1"] },
    ],
    listeners: [
      {},
      { host: "0.0.0.0", port: 6697, tls: { cert: "a.pem", key: "b.pem" } },
      { unix: "/run/chat.sock" },
    ],
    limits: { nick: 16, topic: 100, pingInterval: 10, registrationTime: 0, connectionsPerHost: 3 },
  });
  assertEquals(chat.name, "irc.example.org");
  assertEquals(chat.network, "Example");
  assertEquals(chat.description, "Where examples meet");
  assertEquals(chat.motd, ["Welcome", "", "\x0304red\x03"]);
  assertEquals(chat.admin, ["Here", "We", "we@example.org"]);
  assertEquals(chat.secret, HASH);
  assertEquals(chat.operators, [
    { name: "ann", secret: "geheim", hosts: ["*@*"] },
    { name: "bob", secret: HASH, hosts: ["*@10.0.0.*", "~bob@::1"] },
  ]);
  assertEquals(listeners, [
    { host: "127.0.0.1", port: 6667, unix: undefined, tls: undefined },
    { host: "0.0.0.0", port: 6697, unix: undefined, tls: { cert: "a.pem", key: "b.pem" } },
    { host: "127.0.0.1", port: 6667, unix: "/run/chat.sock", tls: undefined },
  ]);
  assertEquals([chat.limits.nick, chat.limits.topic, chat.limits.kick], [16, 100, 255]);
  assertEquals(
    [traffic.pingInterval, traffic.registrationTime, traffic.pingTimeout],
    [10_000, 0, 60_000],
  );
  assertEquals(traffic.connectionsPerHost, 3);
});

const REFUSED: [json: unknown, message: string][] = [
  [[], "expected an object, got a list of 0"],
  [{ nmae: "a.b" }, "nmae: unknown key; known here are name, network, description"],
  [
    { name: "localhost" },
    'name: expected a host name with a dot of 1 to 63 characters, got "local',
  ],
  [{ name: ":a.b" }, "name: expected a host name with a dot"],
  [{ name: "a b.c" }, "name: expected a host name with a dot"],
  [{ network: "My Net" }, 'network: expected a word without spaces of 1 to 50 characters, got "My'],
  [{ description: "a\r\nQUIT" }, "description: expected a text of 1 to 200 characters"],
  [{ motd: "welcome" }, 'motd: expected a list of at most 400, got "welcome"'],
  [{ motd: ["a\nb"] }, "motd[0]: expected a line of 0 to 250 characters"],
  [{ motd: ["x".repeat(251)] }, "motd[0]: expected a line of 0 to 250 characters"],
  [{ admin: { location: "x" } }, "admin.organisation: expected a text of 1 to 200 characters"],
  [{ password: "" }, "password: expected a password of 1 to 300 characters"],
  [{ password: "$scrypt$oops" }, "password: expected a hash as made by --hash-password"],
  [{ operators: [{ name: "a" }] }, "operators[0].password: expected a password"],
  [{ operators: [{ name: "a b", password: "x" }] }, "operators[0].name: expected a word"],
  [
    { operators: [{ name: "a", password: "x", hosts: "*" }] },
    "operators[0].hosts: expected a list",
  ],
  [
    { operators: [{ name: "a", password: "x", hosts: ["* *"] }] },
    "operators[0].hosts[0]: expected",
  ],
  [{ listeners: [{ port: 70_000 }] }, "listeners[0].port: expected a whole number from 0 to 65535"],
  [{ listeners: [{ tls: true }] }, "listeners[0].tls: expected an object, got true"],
  [{ listeners: [{ tls: { cert: "a" } }] }, "listeners[0].tls.key: expected the path of a file"],
  [
    { listeners: [{ unix: "a", tls: { cert: "a", key: "b" } }] },
    "listeners[0]: expected either unix or tls, got both",
  ],
  [{ limits: { nik: 5 } }, "limits.nik: unknown key"],
  [{ limits: { nick: 0 } }, "limits.nick: expected a whole number from 1 to 50, got 0"],
  [{ limits: { nick: "ten" } }, 'limits.nick: expected a whole number from 1 to 50, got "ten"'],
  [{ limits: { sendQueue: 100 } }, "limits.sendQueue: expected a whole number from 16384 to"],
  [{ limits: { pingTimeout: 0 } }, "limits.pingTimeout: expected a whole number from 1 to 86400"],
];

Deno.test("what is wrong is named by its path", PURE, () => {
  for (const [json, message] of REFUSED) {
    const error = assertThrows(() => readSettings(json), SchemaError);
    assertEquals(error.message.slice(0, message.length), message);
  }
});

Deno.test("attack 30: a password is in no message", PURE, () => {
  for (const password of ["hunter2\n", "$scrypt$hunter2", "hunter2".repeat(50)]) {
    for (const json of [{ password }, { operators: [{ name: "a", password }] }]) {
      const error = assertThrows(() => readSettings(json), SchemaError);
      assertEquals(error.message.includes("hunter2"), false);
    }
  }
});

Deno.test("plain passwords are noticed, hashed ones are not", PURE, () => {
  const operator = (password: string): unknown => ({ operators: [{ name: "a", password }] });
  assertEquals(holdsPlainPassword(readSettings({})), false);
  assertEquals(
    holdsPlainPassword(readSettings({ password: HASH, ...operator(HASH) as object })),
    false,
  );
  assertEquals(holdsPlainPassword(readSettings({ password: "x" })), true);
  assertEquals(holdsPlainPassword(readSettings(operator("x"))), true);
});
