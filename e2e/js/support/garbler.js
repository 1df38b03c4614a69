// A proxy between a client and a server that spoils what passes: WebSocket frames (RFC 6455) arrive in pieces, twice,
// in another order, and, on their way to the server, with bits turned over.

import { connect, createServer } from "node:net";
import { afterwards } from "./cleanup.js";

/** Odds of each, for a frame or, of `flip`, for a byte. */
const ODDS = { split: 0.2, twice: 0.05, swap: 0.05, flip: 2e-4 };

/** Cuts a stream into the HTTP head in front and the frames after it. */
class Frames {
  #rest = Buffer.alloc(0);
  #inHead = true;

  *take(data) {
    this.#rest = Buffer.concat([this.#rest, data]);
    for (let size; (size = this.#inHead ? this.#headSize() : this.#frameSize()) > 0; ) {
      yield { head: this.#inHead, bytes: this.#rest.subarray(0, size) };
      this.#inHead = false;
      this.#rest = this.#rest.subarray(size);
    }
  }

  /** The size of what comes first, or 0 while it is not whole. */
  #headSize() {
    return this.#rest.indexOf("\r\n\r\n") + 4 > 4 ? this.#rest.indexOf("\r\n\r\n") + 4 : 0;
  }

  #frameSize() {
    const rest = this.#rest;
    if (rest.length < 2) return 0;
    const masked = rest[1] & 0x80 ? 4 : 0;
    const short = rest[1] & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (rest.length < 2 + extra) return 0;
    const length = extra === 0 ? short : extra === 2 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    const size = 2 + extra + masked + length;
    return rest.length < size ? 0 : size;
  }
}

/** The proxy. `done` counts what it did; `broken` how many connections the server ended. */
export class Garbler {
  done = { frames: 0, split: 0, twice: 0, swap: 0, flip: 0 };
  closed = 0;
  #sockets = new Set();
  #honest = false;

  constructor(random, port) {
    this.random = random;
    this.port = port;
  }

  /** A proxy in front of a server, gone when the test ends. */
  static async create(t, random, server) {
    const garbler = new Garbler(random, Number(new URL(server.url).port));
    const listener = createServer((client) => garbler.#join(client));
    await new Promise((listening) => listener.listen(0, "127.0.0.1", listening));
    garbler.url = `http://127.0.0.1:${listener.address().port}`;
    afterwards(t, async () => {
      for (const socket of garbler.#sockets) socket.destroy();
      await new Promise((closed) => listener.close(closed));
    });
    return garbler;
  }

  /** From now on everything passes as it is. */
  stop() {
    this.#honest = true;
  }

  #join(client) {
    const server = connect(this.port, "127.0.0.1");
    this.#carry(client, server, true);
    this.#carry(server, client, false);
    server.on("close", () => (this.closed += 1));
  }

  #carry(from, to, upwards) {
    this.#sockets.add(from);
    from.setNoDelay(true);
    const frames = new Frames();
    let held = null;
    from.on("data", (data) => {
      for (const { head, bytes } of frames.take(data)) {
        if (head || this.#honest) {
          if (held) to.write(held);
          held = null;
          to.write(bytes);
          continue;
        }
        this.done.frames += 1;
        const frame = upwards ? this.#flip(Buffer.from(bytes)) : bytes;
        if (held) {
          this.#write(to, frame);
          this.#write(to, held);
          held = null;
        } else if (this.#happens("swap")) {
          held = frame;
          // Nobody waits for ever for what nothing follows.
          setTimeout(() => {
            if (held === frame) to.write(frame);
            if (held === frame) held = null;
          }, 100);
        } else {
          this.#write(to, frame);
        }
      }
    });
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    from.on("error", () => to.destroy());
  }

  #happens(what) {
    const happens = this.random() < ODDS[what];
    if (happens) this.done[what] += 1;
    return happens;
  }

  #flip(frame) {
    for (let i = 0; i < frame.length; i++) {
      if (this.#happens("flip")) frame[i] ^= 1 << Math.floor(this.random() * 8);
    }
    return frame;
  }

  #write(to, frame) {
    for (let times = this.#happens("twice") ? 2 : 1; times > 0; times--) {
      if (this.#happens("split")) {
        const cut = Math.floor(this.random() * frame.length);
        to.write(frame.subarray(0, cut));
        to.write(frame.subarray(cut));
      } else {
        to.write(frame);
      }
    }
  }
}
