import { FileDesk } from "../support/file_desk.ts";
import { Relay } from "../support/relay.ts";
import type { Chapter } from "./stage.ts";

const SIZE = 20_000_000;
/** Where the wire is cut. */
const CUT_AT = SIZE / 2;

/** File transfer: a sender is killed half-way, and the same command goes on where it stopped. */
export const FILES: Chapter = {
  title: "File transfer: killed half-way, and resumed",
  async tell(stage): Promise<void> {
    using desk = new FileDesk();
    const content = new Uint8Array(SIZE).map((_, i) => (i * 2_654_435_761) >>> 24);
    desk.write("here/film.bin", content);
    const there = { cwd: desk.path("there") };
    const here = { cwd: desk.path("here") };
    const server = await stage.start("file-server", [], there);

    stage.say(
      `A file of ${SIZE / 1e6} MB is on its way, and its sender is killed after half of it:`,
    );
    const first = stage.relay(server, { sent: CUT_AT });
    const client = desk.start(first.port, ["put", "film.bin"]);
    await first.reached();
    client.kill("SIGKILL");
    await client.end();
    await first.finish();
    await server.logged(/^Closed/);
    stage.show(`kill -9: ${first.sent} bytes had passed`);
    stage.check(
      "there is no film.bin, and nothing that could be mistaken for it",
      desk.list("there/shared").join() === ".transfer-staging/",
    );

    stage.say("The same command again:");
    const second: Relay = stage.relay(server);
    const port = ["--port", String(second.port)];
    const put = await stage.run("file-client", ["put", "film.bin", ...port], here);
    stage.show(`${second.sent} bytes passed`);
    stage.check("the file is there", put.code === 0);
    stage.check("no byte of the first half passed again", second.sent < SIZE - CUT_AT + 1_000_000);
    stage.check("its content is the same", desk.same("here/film.bin", "there/shared/film.bin"));

    stage.say("Nothing is ever overwritten by accident:");
    desk.write("here/film.bin", "another film of the same name");
    const direct = ["--port", String(server.port)];
    const refused = await stage.run("file-client", ["put", "film.bin", ...direct], here);
    stage.check("exit code 3, and the first film is still there", refused.code === 3);
    const verified = await stage.run("file-client", ["verify", "film.bin", ...direct], here);
    stage.check("verify tells the two apart", verified.code === 5);
    await stage.stop(server);
  },
};
