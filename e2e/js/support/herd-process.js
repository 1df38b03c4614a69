// Many light clients of one room in a process of their own, which can be frozen. Speaks Engine.IO and Socket.IO by
// hand, so that thousands cost little, and keeps the client's law: drop what is not newer, note a hole, resume by seq.

import WebSocket from "ws";

const RETRY_MS = 300;
const members = [];
/** Attempts to connect that failed while there was a server, by why. */
let failures = {};

/** One light client. */
class Member {
  connected = false;
  holes = 0;
  repeats = 0;
  resyncs = 0;
  drops = 0;
  hint = null;

  constructor(url, token, room, last) {
    Object.assign(this, { url, token, room, last, first: last });
    this.connect();
  }

  connect() {
    this.socket = new WebSocket(`${this.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
    });
    this.socket.on("message", (data) => this.take(data.toString()));
    // Who is refused came before the server did.
    this.socket.on("error", ({ code }) => code === "ECONNREFUSED" || this.fail(code));
    this.socket.on("close", () => this.comeBack());
  }

  fail(why) {
    failures[why] = (failures[why] ?? 0) + 1;
  }

  comeBack() {
    if (this.connected) this.drops += 1;
    this.connected = false;
    // When the server says, else at a moment of one's own.
    const wait = this.due ?? Math.random() * RETRY_MS;
    this.due = undefined;
    setTimeout(() => this.connect(), wait);
  }

  take(text) {
    if (text === "2") this.socket.send("3");
    else if (text.startsWith("0")) this.socket.send(`40${JSON.stringify({ token: this.token, resume: { [this.room]: this.last } })}`);
    else if (text.startsWith("40")) this.connected = !(this.resyncing = false);
    else if (text.startsWith("44")) this.fail(text);
    else if (text.startsWith("42")) this.hear(text);
  }

  hear(text) {
    const name = text.slice(4, text.indexOf('"', 4));
    if (name === "new_message" || name === "user_joined") {
      const { room_id, seq } = JSON.parse(text.slice(2))[1];
      if (room_id === this.room && !this.resyncing) this.note(seq);
    } else if (name === "resync") {
      // What comes from here on has a gap in front of it.
      this.resyncs += 1;
      this.resyncing = true;
      this.socket.terminate();
    } else if (name === "error") {
      const { code, retry_after_ms } = JSON.parse(text.slice(2))[1];
      if (code === "shutting_down") this.hint = this.due = retry_after_ms;
    }
  }

  note(seq) {
    if (seq <= this.last) return void (this.repeats += 1);
    if (seq !== this.last + 1) this.holes += 1;
    this.last = seq;
  }
}

const sum = (what) => members.reduce((total, member) => total + what(member), 0);

const commands = {
  connect({ url, tokens, count, room, last }) {
    for (let i = 0; i < count; i++) members.push(new Member(url, tokens[i % tokens.length], room, last));
  },
  forgive() {
    failures = {};
  },
  count({ head }) {
    return {
      connected: sum((member) => (member.connected ? 1 : 0)),
      caught_up: sum((member) => (member.connected && member.last >= head ? 1 : 0)),
      holes: sum((member) => member.holes),
      resyncs: sum((member) => member.resyncs),
      drops: sum((member) => member.drops),
      failures,
    };
  },
  hints() {
    return members.map((member) => member.hint);
  },
};

process.on("message", ({ id, command, ...options }) => process.send({ id, answer: commands[command](options) ?? null }));
process.on("disconnect", () => process.exit());
