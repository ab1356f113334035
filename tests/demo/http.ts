import { encodeUtf8 } from "../../lib/codec/text.ts";
import { Peer } from "../support/peer.ts";
import type { Chapter } from "./stage.ts";

/** HTTP by hand: three ways to say where a body ends, and what happens if it does not. */
export const HTTP: Chapter = {
  title: "HTTP by hand: where does the page end?",
  async tell(stage): Promise<void> {
    const quiet = { hostname: "127.0.0.1", port: 0, onListen: (): void => {} };
    await using server = Deno.serve(quiet, (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/old") return Response.redirect(new URL("/new", request.url), 301);
      const parts = ["Follow ", "the white ", "rabbit\n"].map(encodeUtf8);
      return new Response(ReadableStream.from(parts));
    });
    const site = `http://127.0.0.1:${server.addr.port}`;

    stage.say("The runtime's own web server streams a page; in HTTP/1.1 that means chunks.");
    const page = await stage.run("http-get", ["--http1.1", "--verbose", `${site}/`]);
    stage.check("the chunks came out as one page", page.stdout === "Follow the white rabbit\n");

    stage.say("A page that has moved, followed because we say so:");
    const moved = await stage.run("http-get", ["--location", `${site}/old`]);
    stage.check("the new one came", moved.stdout === page.stdout);

    stage.say("A server that announces twenty bytes, sends eight and goes away:");
    await using liar = new Peer(async (conn) => {
      await conn.read(new Uint8Array(4096));
      await conn.write(encodeUtf8("HTTP/1.0 200 OK\r\nContent-Length: 20\r\n\r\nnot all\n"));
    });
    const short = await stage.run("http-get", [`127.0.0.1:${liar.port}`]);
    stage.check("a body that is cut off is exit code 1", short.code === 1);
  },
};
