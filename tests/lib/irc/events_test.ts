import { assertEquals } from "@std/assert";
import { gavePassword, hasLeft, hasRegistered } from "../../../lib/irc/events.ts";
import { ChatDriver } from "../../support/chat_driver.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const PEER = "192.0.2.1:50000";

Deno.test("what is logged says who, from where, and why, escaped", PURE, () => {
  const ann = new ChatDriver().register("ann");
  assertEquals(hasRegistered(ann, PEER), {
    event: "registered",
    message: "Registered ann!~ann@h (192.0.2.1:50000)",
    peer: PEER,
    nick: "ann",
  });
  assertEquals(hasLeft(ann, PEER, "Quit: \x1b[2J\u202e"), {
    event: "left",
    message: "ann left (192.0.2.1:50000): Quit: \\x1b[2J\\u{202e}",
    peer: PEER,
    nick: "ann",
    reason: "Quit: \\x1b[2J\\u{202e}",
  });
});

Deno.test("attack 30: of a password there is only the outcome in the log", PURE, () => {
  assertEquals(gavePassword(null, PEER, true), {
    event: "password",
    message: "Password of the server from 192.0.2.1:50000: right",
    peer: PEER,
    outcome: "right",
  });
  const { message } = gavePassword("ro\x07ot", PEER, false);
  assertEquals(message, 'Password of operator "ro\\x07ot" from 192.0.2.1:50000: wrong');
});
