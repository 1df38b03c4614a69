// Records conversations of the official clients with a server, as the transcripts that the server's tests replay:
//   scripts/e2e record [NAME…]
// What is said stands in e2e/scenes, a file for each older system. Each line is said as that system's clients say it;
// what they are answered, and what they hear until nothing more comes, is written down as it came. What differs from
// one recording to the next, times and numbers above all, becomes a name or `*`.

import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { io } from "socket.io-client";
import { WebSocket } from "ws";
import { serve } from "./support/server.js";

const here = dirname(fileURLToPath(import.meta.url));
const scenes = resolve(here, "../scenes");
const transcripts = resolve(here, "../../crates/server/tests/stories/dialects/transcripts");
const PYTHON = resolve(here, "../.venv/bin/python");
/** Whose clients they are. */
const VOICES = { must: python, awesome: null, platform: javascript, komunikator: python };
/** Nothing more comes once nothing has come for so long. */
const SILENCE_MS = 300;

/** Fields whose values are never the same twice. */
const FLEETING = /^(created_at|create_date|joined_at|timestamp|createdAt|last_seen|privacy_policy_accepted_at|avatar|avatar_url|refresh_token|seq|last_seq|user_seq|last_read_seq|next|epoch)$/;
const MADE_KEY = /^\w{4}(-\w{4}){4}$/;
/** Fields with a number, by what is numbered. */
const NUMBERS = {
  person: /^(user_id|creator_id|created_by|owner_id|from)$/,
  room: /^(room_id|group_id|community_id)$/,
};

/** python-socketio, in a process of its own. */
function python(url, namespace, auth, heard) {
  const child = spawn(PYTHON, [resolve(here, "../python/voice.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const said = JSON.parse(line);
    if (said.heard) heard(...said.heard);
    else waiting.shift()(said);
  });
  const ask = (command) => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    return new Promise((answered) => waiting.push(answered));
  };
  return {
    open: () => ask({ do: "open", url, namespace, auth }),
    emit: (event, payload) => ask({ do: "emit", event, payload }),
    ask: async (event, payload) => (await ask({ do: "ask", event, payload })).ack,
    close: () => child.stdin.end(),
  };
}

/** socket.io-client. */
function javascript(url, namespace, auth, heard) {
  const socket = io(url + namespace, { auth, forceNew: true, reconnection: false });
  socket.onAny((event, payload) => heard(event, payload));
  return {
    open: () =>
      new Promise((settle) => {
        socket.once("connect", () => settle({ open: true }));
        socket.once("connect_error", (error) => settle({ refused: { message: error.message } }));
      }),
    emit: (event, payload) => socket.emit(event, payload),
    ask: (event, payload) => socket.emitWithAck(event, payload),
    close: () => socket.close(),
  };
}

/** A plain WebSocket. */
function plain(url, headers, heard) {
  const socket = new WebSocket(url.replace("http", "ws"), { headers });
  const opened = new Promise((settle, fail) => {
    socket.on("open", () => settle({ open: true }));
    socket.on("unexpected-response", async (_, response) => {
      const chunks = await response.toArray();
      settle({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) });
    });
    socket.on("error", fail);
  });
  socket.on("message", (data) => heard("frame", JSON.parse(data)));
  socket.on("close", () => heard("closed"));
  return { open: () => opened, send: (frame) => socket.send(frame), close: () => socket.close() };
}

/** A recording of one scene. */
class Recording {
  #url;
  #voice;
  #people = new Map();
  #known = new Map();
  #heard = [];
  #changed = 0;

  constructor(url, voice) {
    this.#url = url;
    this.#voice = voice;
  }

  /** Says a line, and answers the lines of the transcript that come of it. */
  async say(line, keeps) {
    const [, name, verb, rest] = /^(\w+)> (\S+) ?(.*)$/.exec(line);
    const person = this.#person(name);
    const answer = await this.#act(person, name, verb, rest);
    await this.#settle();
    for (const [field, kind, as] of keeps) this.#known.set(as, { kind, value: find(answer.body, field) });
    const lines = [line];
    if (answer) lines.push(`${answer.status} ${this.#write(answer.body)}`);
    const heard = this.#heard.splice(0).sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
    for (const { name, event, payload } of heard) {
      lines.push(payload === undefined ? `${name}< ${event}` : `${name}< ${event} ${this.#write(payload)}`);
    }
    return lines;
  }

  close() {
    for (const person of this.#people.values()) {
      person.socket?.close();
      person.frames?.close();
    }
  }

  #person(name) {
    if (!this.#people.has(name)) this.#people.set(name, {});
    return this.#people.get(name);
  }

  /** What somebody is answered, if they are. */
  async #act(person, name, verb, rest) {
    const heard = (event, payload) => {
      this.#changed = performance.now();
      this.#heard.push({ name, event, payload });
    };
    const [first, tail] = split(rest);
    switch (verb) {
      case "bearer":
        person.token = first && this.#fillText(first);
        return undefined;
      case "open": {
        const socket = this.#voice(this.#url, first, this.#fill(tail), heard);
        const { refused } = await socket.open();
        if (refused) {
          socket.close();
          return { status: "refused", body: refused };
        }
        person.socket = socket;
        return undefined;
      }
      case "emit":
        await person.socket.emit(first, this.#fill(tail));
        return undefined;
      case "ask":
        return { status: "ack", body: (await person.socket.ask(first, this.#fill(tail))) ?? null };
      case "ws": {
        const path = this.#fillText(rest);
        const proof = person.token && !path.includes("token=") ? { authorization: `Bearer ${person.token}` } : {};
        const frames = plain(this.#url + path, proof, heard);
        const answer = await frames.open();
        if (answer.open) person.frames = frames;
        return answer.open ? undefined : answer;
      }
      case "frame":
        person.frames.send(JSON.stringify(this.#fill(rest)));
        return undefined;
      default:
        return this.#request(person, verb, this.#fillText(first), tail);
    }
  }

  async #request(person, method, path, body) {
    const headers = { ...(person.token && { authorization: `Bearer ${person.token}` }) };
    if (body) headers["content-type"] = "application/json";
    const sent = body ? JSON.stringify(this.#fill(body)) : undefined;
    const answer = await fetch(this.#url + path, { method, headers, body: sent });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
  }

  async #settle() {
    this.#changed = performance.now();
    while (performance.now() - this.#changed < SILENCE_MS) await new Promise((soon) => setTimeout(soon, 20));
  }

  /** What is sent, with what is known in the place of its names. */
  #fill(text) {
    if (!text) return {};
    return JSON.parse(text.replace(/"\$(\w+)"/g, (_, name) => JSON.stringify(this.#known.get(name).value)));
  }

  #fillText(text) {
    return text.replace(/\$(\w+)/g, (_, name) => this.#known.get(name).value);
  }

  #write(value) {
    return JSON.stringify(this.#mask(value, "", {}));
  }

  /** A value as it can be expected again. */
  #mask(value, field, around) {
    if (Array.isArray(value)) return value.map((one) => this.#mask(one, "", {}));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#mask(one, name, value)]));
    }
    if (value === null) return value;
    if (FLEETING.test(field)) return "*";
    // How far a message got is found out while it is read.
    if (field === "status" && "content" in around) return "*";
    if (field === "access_token") return this.#named("token", value);
    // A key of the server's own making is another one each time.
    if (field === "access_key") return this.#named("key", value, MADE_KEY.test(value) ? "*" : value);
    if (NUMBERS.person.test(field) || (field === "id" && "username" in around && !("content" in around))) return this.#named("person", value);
    if (NUMBERS.room.test(field) || (field === "id" && "name" in around && !("text" in around))) return this.#named("room", value);
    if (field === "id" && /^\d+$/.test(value)) return "*";
    return field === "message_id" ? "*" : value;
  }

  #named(kind, value, otherwise = "*") {
    const found = [...this.#known].find(([, known]) => known.kind === kind && known.value === value);
    return found ? `$${found[0]}` : otherwise;
  }
}

/** The first value of a field, however deep. */
function find(value, field) {
  if (value === null || typeof value !== "object") return undefined;
  if (field in value) return value[field];
  for (const one of Object.values(value)) {
    const found = find(one, field);
    if (found !== undefined) return found;
  }
  return undefined;
}

function split(text) {
  const at = text.indexOf(" ");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1).trim()];
}

/** Plays a scene and answers its transcript. */
async function record(url, name) {
  const lines = (await readFile(join(scenes, `${name}.txt`), "utf8")).trimEnd().split("\n");
  const recording = new Recording(url, VOICES[name]);
  const transcript = [];
  try {
    for (let at = 0; at < lines.length; at += 1) {
      const line = lines[at];
      if (!line || line.startsWith("#")) {
        transcript.push(line);
        continue;
      }
      const keeps = [];
      for (let keep; (keep = /^ +keep (\S+) as (\w+) (\w+)$/.exec(lines[at + 1] ?? "")); at += 1) keeps.push(keep.slice(1));
      transcript.push(...(await recording.say(line, keeps)));
    }
  } finally {
    recording.close();
  }
  return `${transcript.join("\n")}\n`;
}

const wanted = (process.env.PARLOR_SCENES ?? "").split(" ").filter(Boolean);
for (const name of wanted.length ? wanted : Object.keys(VOICES)) {
  test(`recording ${name}`, async (t) => {
    const server = await serve(t);
    await writeFile(join(transcripts, `${name}.txt`), await record(server.url, name));
  });
}
