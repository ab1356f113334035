import { runClient, startServer } from "../support/process.ts";
import { type Scene, scenesFrom, type Torment, type Torture } from "./torture.ts";

/** The longest payload over IPv4. */
const LONGEST = 65_507;

const FLOOD: Torment = {
  name: "flood",
  bout: (scene) => send(scene, 20_000, () => scene.random.bytes(64)),
};

const SIZES: Torment = {
  name: "all sizes",
  bout: (scene) => send(scene, 200, () => new Uint8Array(scene.random.integer(0, LONGEST))),
};

const REPETITION: Torment = {
  name: "the same again and again",
  async bout(scene): Promise<void> {
    const bytes = scene.random.bytes(32);
    await send(scene, 5_000, () => bytes);
  },
};

const CROWD: Torment = {
  name: "a crowd of sources",
  async bout(scene): Promise<void> {
    const sources = scenesFrom(scene, 200);
    await Promise.all(sources.map((one) => send(one, 5, () => one.random.bytes(16))));
  },
};

/** The UDP echo server. */
export const UDP_ECHO: Torture = {
  name: "udp-echo-server",
  start: () => startServer("udp-echo-server"),
  torments: [FLOOD, SIZES, REPETITION, CROWD],
  async prove({ server }): Promise<void> {
    // What the flood left in the socket's buffer comes first, and some of ours may not fit beside it.
    const args = ["--count", "50", "--interval", "0.005", "--quiet", "--port", `${server.port}`];
    const { code, stdout, stderr } = await runClient("udp-echo-client", args);
    if (code !== 0) throw new Error(`udp-echo-client ended with ${code}: ${stdout}${stderr}`);
  },
};

/** Sends from a socket of its own and does not care for answers. */
async function send({ server }: Scene, count: number, next: () => Uint8Array): Promise<void> {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const to: Deno.NetAddr = { transport: "udp", hostname: "127.0.0.1", port: server.port };
  try {
    for (let i = 0; i < count; i++) await socket.send(next(), to);
  } finally {
    socket.close();
  }
}
