// TCP echo as Node's documentation writes it.
import { createServer } from "node:net";

createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  socket.on("error", () => socket.destroy());
  socket.pipe(socket);
}).listen(Number(process.argv[2]), "127.0.0.1");
