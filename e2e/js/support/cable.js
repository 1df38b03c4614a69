// The line between browsers and a server, which can be cut and mended.

import { connect, createServer } from "node:net";
import { afterwards } from "./cleanup.js";
import { freePort } from "./server.js";

/** A line to the server of a test, gone when the test ends; `url` is what browsers open. */
export async function layCable(t, server) {
  const port = await freePort();
  const cable = new Cable(port, server);
  await cable.mend();
  afterwards(t, () => cable.cut());
  return cable;
}

class Cable {
  #port;
  #server;
  #listener = null;
  #sockets = new Set();
  #lines = new Set();
  #replaced = new Map();

  constructor(port, server) {
    this.#port = port;
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Ends all connections at once; new ones are refused. */
  async cut() {
    const listener = this.#listener;
    if (!listener) return;
    this.#listener = null;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((closed) => listener.close(closed));
  }

  /** What the server says is lost from now on, though it hears what it is told; `cut` ends that too. */
  deafen() {
    for (const { near, far } of this.#lines) {
      far.unpipe(near);
      far.resume();
    }
  }

  /** Answers requests for a path itself from now on, as a server of another version would. */
  replace(path, contentType, body) {
    const bytes = Buffer.from(body);
    const head = `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\ncache-control: no-cache\r\ncontent-length: ${bytes.length}\r\n\r\n`;
    this.#replaced.set(`GET ${path} HTTP/1.1`, Buffer.concat([Buffer.from(head), bytes]));
  }

  mend() {
    const listener = createServer((near) => this.#join(near));
    this.#listener = listener;
    return new Promise((ready, fail) => listener.once("error", fail).listen(this.#port, "127.0.0.1", ready));
  }

  #join(near) {
    const far = connect(Number(new URL(this.#server.url).port), "127.0.0.1");
    const line = { near, far };
    this.#lines.add(line);
    near.on("close", () => this.#lines.delete(line));
    for (const [one, other] of [[near, far], [far, near]]) {
      this.#sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    far.pipe(near);
    near.on("end", () => far.end());
    // A browser begins each request in a packet of its own.
    near.on("data", (bytes) => {
      const answer = this.#replaced.get(bytes.toString("latin1", 0, 200).split("\r\n")[0]);
      if (answer) near.write(answer);
      else far.write(bytes);
    });
  }
}
