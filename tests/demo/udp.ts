import type { Server } from "../support/process.ts";
import type { Chapter, Stage } from "./stage.ts";
import { UdpRelay } from "./udp_relay.ts";

/** UDP echo: datagrams, loss and duplicates, and a loop that does not start. */
export const UDP: Chapter = {
  title: "UDP echo: datagrams that may be lost, doubled, or forged",
  async tell(stage): Promise<void> {
    const server = await stage.start("udp-echo-server");

    stage.say("Nobody connects: a datagram goes out, one comes back.");
    {
      await using relay = new UdpRelay(server.port, { lose: [], double: [] });
      const hello = await stage.run("udp-echo-client", ["--port", String(relay.port)]);
      for (const line of relay.lines) stage.show(line);
      stage.check("the client got back what it sent", hello.stdout === "Received Hello, world\n");
    }

    stage.say("A network that loses the answer to probe 6 and brings the one to probe 11 twice:");
    {
      await using relay = new UdpRelay(server.port, { lose: [6], double: [11] });
      const meter = ["--count", "20", "--interval", "0.02", "--wait", "0.3"];
      const port = ["--port", String(relay.port)];
      const { stdout } = await stage.run("udp-echo-client", [...meter, ...port]);
      stage.check("one lost", stdout.includes("sent 20, received 19, lost 1 (5 %), late 0"));
      stage.check(
        "one duplicated, and nothing else",
        stdout.includes("duplicates 1, reordered 0, corrupted 0, truncated 0, foreign 0"),
      );
      stage.check("the strip shows which", stdout.includes("!!!!!!.!!!!D!!!!!!!!"));
    }

    stage.say("Another echo server, a naive one, is made to talk to ours by one forged datagram:");
    const packets = await loop(stage, server);
    stage.check("5 packets, and then ours said no more", packets === 5);

    stage.say("How large may a datagram be? A search by halving, three tries a size.");
    const direct = ["--port", String(server.port)];
    const sweep = await stage.run("udp-echo-client", ["--sweep", ...direct]);
    stage.check("all that IPv4 can carry", sweep.stdout.includes(": 65507 bytes\n"));

    stage.say("Nothing listens on port 1. UDP does not say so; time passes, and the client does:");
    const silent = ["--port", "1", "--timeout", "0.1", "--retries", "1"];
    const silence = await stage.run("udp-echo-client", silent);
    stage.check("silence is one sentence and exit code 1", silence.code === 1);

    await stage.stop(server);
  },
};

/** Returns to the server whatever comes from it, and counts the packets until the server has had enough. */
async function loop(stage: Stage, server: Server): Promise<number> {
  const naive = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const address = { transport: "udp", hostname: "127.0.0.1", port: server.port } as const;
  let packets = 0;
  const talking = (async () => {
    for (let datagram = new TextEncoder().encode("ping"); packets < 100;) {
      stage.show(`${packets === 0 ? "forged" : "naive "} --> ours   "ping"`);
      await naive.send(datagram, address);
      packets++;
      [datagram] = await naive.receive();
      stage.show(`naive  <-- ours   "ping"`);
      packets++;
    }
  })().catch((error) => {
    // Closing the socket is how it ends.
    if (!(error instanceof Deno.errors.Interrupted)) throw error;
  });
  stage.show(await server.logged(/same datagram again/));
  naive.close();
  await talking;
  return packets;
}
