// A bare chat server on socket.io: join a room, say something to it. No sign-in, no rights.
//   node server.js PORT [DATABASE]
// With a database, each message is committed (synchronous=FULL) before anybody hears of it.
"use strict";

const { createServer } = require("node:http");
const { Server } = require("socket.io");

const [port, database] = process.argv.slice(2);

function opened(path) {
  const Database = require("better-sqlite3");
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE messages (id INTEGER PRIMARY KEY, room TEXT NOT NULL, text TEXT NOT NULL)");
  return db.prepare("INSERT INTO messages (room, text) VALUES (?, ?)");
}

const insert = database && opened(database);
const http = createServer();
const io = new Server(http, { serveClient: false, perMessageDeflate: false });

io.on("connection", (socket) => {
  socket.on("join", (wish, done) => {
    socket.join(wish.room);
    done();
  });
  socket.on("message", (message, done) => {
    insert?.run(message.room, message.text);
    io.to(message.room).emit("message", message);
    done?.();
  });
});

http.listen({ host: "127.0.0.1", port: Number(port), backlog: 4096 });
