import { assertEquals } from "@std/assert";
import { announce } from "../../../lib/cli/announce.ts";
import { CaughtOutput } from "../../support/output.ts";

Deno.test("announce prints the line that programs wait for", {
  permissions: "none",
  timeout: 5_000,
}, () => {
  const cases: [Deno.Addr, string, string][] = [
    [
      { transport: "tcp", hostname: "127.0.0.1", port: 65_432 },
      "tcp",
      "Listening on 127.0.0.1:65432 (tcp)",
    ],
    [{ transport: "tcp", hostname: "::1", port: 65_432 }, "tls", "Listening on [::1]:65432 (tls)"],
    [{ transport: "udp", hostname: "0.0.0.0", port: 7 }, "udp", "Listening on 0.0.0.0:7 (udp)"],
    [{ transport: "unix", path: "/run/echo.sock" }, "unix", "Listening on /run/echo.sock (unix)"],
  ];
  for (const [address, kind, line] of cases) {
    using output = new CaughtOutput();
    announce(address, kind);
    assertEquals([output.stdout, output.stderr], [`${line}\n`, ""]);
  }
});
