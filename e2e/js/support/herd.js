// Many light clients in a process of their own; see herd-process.js for what they do.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterwards } from "./cleanup.js";
import { within } from "./figures.js";
import { Person } from "./people.js";

const script = fileURLToPath(new URL("herd-process.js", import.meta.url));

/** A process full of clients. */
export class Herd {
  #child;
  #asked = 0;
  #answers = new Map();

  /** Starts the process, by the command `under` where one is given; it is gone when the test ends. */
  constructor(t, { under = [] } = {}) {
    const [command, ...args] = [...under, process.execPath, script];
    this.#child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", ({ id, answer }) => {
      this.#answers.get(id)(answer);
      this.#answers.delete(id);
    });
    afterwards(t, () => this.#child.kill("SIGKILL"));
  }

  #ask(command, options = {}) {
    const id = ++this.#asked;
    return new Promise((answered) => {
      this.#answers.set(id, answered);
      this.#child.send({ id, command, ...options });
    });
  }

  /** Connects so many more clients of a room, who have its log up to `last`; resolves when all are connected. */
  async connect(server, people, room, { count, last }, patience = 60_000) {
    const { connected: before } = await this.count();
    const tokens = people.map((person) => person.token);
    await this.#ask("connect", { url: server.url, tokens, count, room: room.id, last });
    await within(patience, `${count} connections`, async () => (await this.count()).connected === before + count);
  }

  /** How many are connected, how many have the log up to `head`, and what went wrong. */
  count(head = 0) {
    return this.#ask("count", { head });
  }

  /** Counts failures anew. */
  forgive() {
    return this.#ask("forgive");
  }

  /** When the server asked each client to come back, in milliseconds. */
  hints() {
    return this.#ask("hints");
  }

  /** The process stands still, with all its connections open. */
  freeze() {
    this.#child.kill("SIGSTOP");
  }

  thaw() {
    this.#child.kill("SIGCONT");
  }
}

/** So many members of one new room. */
export async function crowd(server, count) {
  const people = await Promise.all(Array.from({ length: count }, (_, i) => Person.register(server, `crowd${i}`)));
  const room = await people[0].createRoom();
  for (const person of people.slice(1)) await person.join(room);
  const { last_seq: last } = await people[0].do("GET", `/api/rooms/${room.id}`);
  return { people, room, last };
}
