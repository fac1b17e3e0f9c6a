import { createServer } from 'node:http';
import { spawn } from 'node-pty';
import { Server } from 'socket.io';

/** The floor of the benchmark: the least that makes a terminal, without anything that one would miss. `PORT COMMAND`. */
const [port, command] = process.argv.slice(2);
if (!port || !command) throw new Error('floor.ts PORT COMMAND');

const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
io.on('connection', (socket) => {
  const pty = spawn(command, [], { name: 'xterm-256color', cols: 80, rows: 24, encoding: null });
  pty.onData((data) => socket.emit('data', data));
  pty.onExit(() => socket.disconnect());
  socket.on('input', (text: string) => pty.write(text));
  socket.on('disconnect', () => pty.kill());
});
http.listen(Number(port), '127.0.0.1');
