import { assertEquals } from "@std/assert";
import { Negotiation } from "../../../lib/irc_client/negotiation.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

const OFFER = "batch echo-message server-time";
/** What the client says to the offer. */
const ASKED = [["REQ", OFFER]];
/** The three of them, each on its own. */
const ONE_BY_ONE = OFFER.split(" ").map((name) => ["REQ", name]);

/** What the server says after its offer, and all that the client answers. */
const CASES: readonly {
  readonly name: string;
  readonly says: readonly (readonly string[])[];
  readonly answers: readonly (readonly string[])[];
  readonly enabled: readonly string[];
}[] = [
  {
    name: "everything is granted",
    says: [["ACK", OFFER]],
    answers: [["END"]],
    enabled: OFFER.split(" "),
  },
  {
    name: "everything is granted, in several lines",
    says: [["ACK", "batch echo-message "], ["ACK", "server-time"]],
    answers: [["END"]],
    enabled: OFFER.split(" "),
  },
  {
    name: "refused as a whole, then one of them alone",
    says: [["NAK", OFFER], ["ACK", "batch"], ["NAK", "echo-message"], ["ACK", "server-time"]],
    answers: [...ONE_BY_ONE, ["END"]],
    enabled: ["batch", "server-time"],
  },
  {
    name: "the refused list is cut short",
    says: [["NAK", "batch echo-m"], ["NAK", "ba"], ["NAK", "e"], ["NAK", "server-time"]],
    answers: [...ONE_BY_ONE, ["END"]],
    enabled: [],
  },
  {
    name: "the refused list is not there",
    says: [["NAK", ""], ["ACK", "batch"], ["NAK"], ["NAK", ""]],
    answers: [...ONE_BY_ONE, ["END"]],
    enabled: ["batch"],
  },
  {
    name: "what is withdrawn before the answer is not asked for again",
    says: [["DEL", "batch"], ["NAK", OFFER], ["ACK", "echo-message"], ["ACK", "server-time"]],
    answers: [...ONE_BY_ONE.slice(1), ["END"]],
    enabled: ["echo-message", "server-time"],
  },
  {
    name: "what is offered twice is asked for once",
    says: [["NEW", "batch"], ["ACK", OFFER], ["NEW", "batch"]],
    answers: [["END"]],
    enabled: OFFER.split(" "),
  },
  {
    name: "answers that nobody waits for",
    says: [["ACK", "sasl"], ["ACK", OFFER], ["NAK", "batch"], ["NAK"], ["ACK", "setname"]],
    answers: [["END"]],
    enabled: OFFER.split(" "),
  },
];

Deno.test("whatever is granted or refused, the negotiation comes to its end", PURE, () => {
  for (const { name, says, answers, enabled } of CASES) {
    const negotiation = new Negotiation();
    assertEquals(negotiation.receive(["LS", OFFER]), ASKED);
    assertEquals(says.flatMap((words) => negotiation.receive(words)), [...answers], name);
    assertEquals([...negotiation.enabled], [...enabled], name);
  }
});

Deno.test("a list of its own is refused without the others", PURE, () => {
  const negotiation = new Negotiation();
  negotiation.receive(["LS", OFFER]);
  assertEquals(negotiation.receive(["NEW", "setname setname"]), [["REQ", "setname"]]);
  assertEquals(negotiation.receive(["ACK", OFFER]), []);
  assertEquals(negotiation.receive(["NAK", "set"]), [["END"]]);
});
