// People who act through the public API: over HTTP, and over a device's socket.

import { io } from "socket.io-client";
import { RoomView } from "./view.js";

const PATIENCE_MS = 10_000;
/** An access token is good for ten minutes. */
const TOKEN_MS = 8 * 60_000;
let people = 0;

/** Somebody with an account on a server. */
export class Person {
  constructor(server, signedIn, password) {
    this.server = server;
    this.#take(signedIn);
    this.user = signedIn.user;
    this.id = signedIn.user.id;
    this.password = password;
  }

  #take({ access_token, refresh_token }) {
    this.token = access_token;
    this.refreshToken = refresh_token;
    this.takenAt = performance.now();
  }

  /** A token that is good for a while, however long the test has run. */
  async freshToken() {
    if (performance.now() - this.takenAt > TOKEN_MS) {
      const body = { username: this.user.username, password: this.password };
      this.#take(await must(call(this.server, "POST", "/api/auth/login", { body })));
    }
    return this.token;
  }

  /** Signs a new person up; the name is made unique. */
  static async register(server, name = "person") {
    const username = `${name}-${process.pid}-${++people}`;
    const password = `${crypto.randomUUID()}`;
    const body = { username, email: `${username}@example.org`, password, privacy_policy_accepted: true };
    return new Person(server, await must(call(server, "POST", "/api/auth/register", { body })), password);
  }

  /** Sends a request as this person; see `call`. */
  async call(method, path, body) {
    return call(this.server, method, path, { body, token: await this.freshToken() });
  }

  /** Sends a request that has to succeed and resolves with the body of the answer. */
  do(method, path, body) {
    return must(this.call(method, path, body));
  }

  createRoom(room = {}) {
    return this.do("POST", "/api/rooms", { name: `Room ${crypto.randomUUID()}`, ...room });
  }

  join(room, access_key) {
    return this.do("POST", `/api/rooms/${room.id}/join`, access_key ? { access_key } : {});
  }

  say(room, content, more = {}) {
    return this.do("POST", `/api/rooms/${room.id}/messages`, { content, ...more });
  }

  /** Every message of a room, oldest first, read page by page. */
  async history(room) {
    const messages = [];
    for (let after = 0; ; ) {
      const page = await this.do("GET", `/api/rooms/${room.id}/messages?after=${after}&limit=200`);
      messages.push(...page.items);
      if (page.items.length === 0 || page.next === null) return messages;
      after = page.items.at(-1).seq;
    }
  }

  /** Connects a device and waits until it is connected. Options as `Device` takes them. */
  async connect(options = {}) {
    const device = new Device(this, options);
    this.server.devices.add(device);
    await device.connected();
    return device;
  }
}

/** One connected client of a person. Keeps all it hears, and a view of every room it watches. */
export class Device {
  #waiting = new Set();

  /**
   * `transports` as socket.io-client has it; `resume` names the last entry the device has, per room, which are the
   * rooms it keeps a view of; `reconnect` lets it come back by itself after a lost connection; `compress` offers to
   * compress messages and to take compressed ones.
   */
  constructor(person, { transports, resume = {}, reconnect = false, compress = false } = {}) {
    this.person = person;
    this.epoch = null;
    this.heard = [];
    this.views = new Map(Object.entries(resume).map(([room, seq]) => [Number(room), new RoomView(seq)]));
    this.socket = io(person.server.url, {
      auth: async (give) => {
        // Where the server is gone just now, what there is does: the client will come back.
        const token = await person.freshToken().catch(() => person.token);
        give({ token, resume: this.cursors(), ...(this.epoch && { epoch: this.epoch }) });
      },
      transports: transports ?? ["websocket"],
      perMessageDeflate: compress ? { threshold: 0 } : false,
      reconnection: reconnect,
      reconnectionDelay: 20,
      reconnectionDelayMax: 100,
      forceNew: true,
    });
    this.socket.onAny((name, payload) => this.#hear(name, payload));
  }

  /** The last entry seen of each watched room. */
  cursors() {
    return Object.fromEntries([...this.views].map(([room, view]) => [room, view.last]));
  }

  view(room) {
    return this.views.get(room.id);
  }

  #hear(name, payload) {
    this.heard.push({ name, payload });
    if (name === "welcome") this.epoch = payload.epoch;
    this.views.get(payload?.room_id)?.take(name, payload);
    for (const waiter of this.#waiting) waiter(name, payload);
  }

  /** Resolves once connected; rejects with what the server said if it refuses. */
  connected() {
    if (this.socket.connected) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.socket.once("connect", resolve);
      this.socket.once("connect_error", reject);
    });
  }

  /** Resolves with the reason once the connection is gone. */
  disconnected() {
    return new Promise((resolve) => this.socket.once("disconnect", resolve));
  }

  /** Sends an event and resolves with its acknowledgement, whatever it says. */
  ask(name, payload = {}) {
    return this.socket.timeout(PATIENCE_MS).emitWithAck(name, payload);
  }

  /** Sends an event whose acknowledgement has to be `ok`. */
  async do(name, payload) {
    const answer = await this.ask(name, payload);
    if (!answer.ok) throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Sends an event without asking for an acknowledgement. */
  tell(name, payload = {}) {
    this.socket.emit(name, payload);
  }

  /** Resolves with the first event of that name, heard already or to come, whose payload fits. */
  until(name, fits = () => true) {
    const past = this.heard.find((event) => event.name === name && fits(event.payload));
    if (past) return Promise.resolve(past.payload);
    return this.#waitFor(name, (heard, payload) => heard === name && fits(payload) && { payload }).then((e) => e.payload);
  }

  /** Resolves once the view of a room has reached an entry. */
  async reaches(room, seq, patience) {
    const view = this.view(room);
    if (view.last < seq) await this.#waitFor(`entry ${seq}`, () => view.last >= seq && {}, patience);
    return view;
  }

  #waitFor(what, found, patience = PATIENCE_MS) {
    return new Promise((resolve, reject) => {
      const waiter = (name, payload) => {
        const result = found(name, payload);
        if (!result) return;
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        resolve(result);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter);
        const recent = this.heard.slice(-10).map((event) => JSON.stringify(event)).join("\n");
        reject(new Error(`${this.person.user.username} did not hear ${what}; last heard:\n${recent}`));
      }, patience);
      this.#waiting.add(waiter);
    });
  }

  close() {
    this.person.server.devices.delete(this);
    this.socket.disconnect();
  }
}

/** Sends a request and resolves with `{status, headers, body}`, the body parsed where it is JSON. */
export async function call(server, method, path, { body, token, headers = {} } = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text };
}

/** The body of an answer that has to be a success. */
async function must(answer) {
  const { status, body } = await answer;
  if (status < 200 || status > 299) throw new Error(`refused with ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Connects devices for everybody, each watching the room from its newest entry on. */
export async function gather(everybody, room, options = {}) {
  const { last_seq } = await everybody[0].do("GET", `/api/rooms/${room.id}`);
  const devices = await Promise.all(
    everybody.map((person) => person.connect({ ...options, resume: { [room.id]: last_seq } })),
  );
  return { devices, from: last_seq };
}
