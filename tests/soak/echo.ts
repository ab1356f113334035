import { runClient, startServer } from "../support/process.ts";
import { crowd, streamTorments, visit } from "./stream_torments.ts";
import type { Scene, Torment, Torture } from "./torture.ts";

/** The echo server, with the limits of every day. */
export const ECHO: Torture = {
  name: "echo-server",
  start: () => startServer("echo-server"),
  torments: streamTorments((random) => random.bytes(random.integer(1, 2_000))),
  prove,
};

const EXHAUSTION: Torment = {
  name: "more connections than descriptors",
  async bout(scene): Promise<void> {
    await crowd(scene, 150, ({ server, random, rest }) =>
      visit(server, async (conn) => {
        await conn.write(random.bytes(10));
        await rest(random.integer(200, 800));
      }));
  },
};

/** The echo server where the system gives it few descriptors. */
export const ECHO_WITHOUT_DESCRIPTORS: Torture = {
  name: "echo-server with 96 descriptors",
  start: () => startServer("echo-server", [], { shell: "ulimit -n 96" }),
  torments: [EXHAUSTION, ...ECHO.torments],
  prove,
};

/** The echo server that is told to stop while it is busy, again and again. */
export const ECHO_STOPPED: Torture = {
  name: "echo-servers that are stopped",
  start: () => startServer("echo-server"),
  torments: [{
    name: "SIGTERM in a flood",
    async bout(scene): Promise<void> {
      await using server = await startServer("echo-server", ["--grace", "0.2", "--quiet"]);
      const flooding = crowd(scene, 10, ({ random }) =>
        visit(server, async (conn) => {
          for (;;) {
            await conn.write(random.bytes(1_000));
            await conn.read(new Uint8Array(1_000));
          }
        }));
      await scene.rest(scene.random.integer(0, 300));
      const code = await server.stop();
      await flooding;
      if (code !== 0) throw new Error(`A busy server stopped with exit code ${code}`);
    },
  }],
  prove,
};

async function prove({ server }: Scene): Promise<void> {
  const port = ["--port", String(server.port)];
  const args = ["--count", "200", "--connections", "4", "--timeout", "10", ...port];
  const { code, stdout, stderr } = await runClient("echo-client", args);
  if (code !== 0) throw new Error(`echo-client ended with ${code}: ${stdout}${stderr}`);
}
