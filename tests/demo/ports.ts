import type { Chapter } from "./stage.ts";

/** Ports: what a failed connection says about the other side. */
export const PORTS: Chapter = {
  title: "Ports: what can go wrong with connect",
  async tell(stage): Promise<void> {
    const server = await stage.start("greeting-server");
    const port = String(server.port);
    const both = await stage.run("port-check", ["127.0.0.1", port, "1"]);
    stage.check("one port is open", both.stdout.includes(`127.0.0.1:${port} `));
    stage.check("the other is closed, and that is exit code 1", both.code === 1);
    await stage.stop(server);

    stage.say("The server is gone, and its port with it:");
    const gone = await stage.run("port-check", ["127.0.0.1", port]);
    stage.check("now it is closed", gone.code === 1 && gone.stdout.includes("ECONNREFUSED"));
  },
};
