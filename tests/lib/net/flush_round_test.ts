import { assertEquals, assertStrictEquals } from "@std/assert";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { type Flushable, FlushRound } from "../../../lib/net/flush_round.ts";
import { settle } from "../../support/fake_clock.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test(
  "queues are flushed once each at the end of the turn, in order, many in slices",
  PURE,
  async () => {
    const round = new FlushRound();
    const flushed: number[] = [];
    for (let index = 0; index < 250; index++) {
      const queue: Flushable = { flush: (): void => void flushed.push(index) };
      round.add(queue);
    }
    assertEquals(flushed, []);
    while (flushed.length < 250) await settle();
    assertEquals(flushed, Array.from({ length: 250 }, (_, index) => index));
  },
);

Deno.test("members who hear the same share the bytes, in each of the forms of a line", PURE, () => {
  const round = new FlushRound();
  const forms = ["", "@time=x ", "@msgid=y ", "@time=x;msgid=y "].map((tags) => {
    return [encodeUtf8(`${tags}one\r\n`), encodeUtf8(`${tags}two\r\n`)];
  });
  const joined = forms.map((parts) => round.join(parts));
  for (let member = 0; member < 12; member++) {
    const parts = [...forms[member % 4]!];
    assertStrictEquals(round.join(parts), joined[member % 4]);
  }
  assertEquals(new TextDecoder().decode(joined[1]), "@time=x one\r\n@time=x two\r\n");
  // Others hear something else, and get that.
  const other = round.join([forms[0]![0]!, forms[1]![1]!]);
  assertEquals(new TextDecoder().decode(other), "one\r\n@time=x two\r\n");
});
