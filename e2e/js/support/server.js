// Starts the built server for a test and ends it again.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterwards } from "./cleanup.js";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
export const binary = resolve(repository, process.env.PARLOR_BIN ?? "target/debug/parlor");
const READY = /^Parlor is ready at (http:\/\/\S+)$/;
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 15_000;

/** `parlor serve` over one data directory; `devices` are the clients that the test connected to it. */
export class Server {
  #child;
  #exited;
  #port;
  #host;
  #under;
  #weakness;
  #more;
  #said = [];
  #listeners = new Set();
  devices = new Set();

  /**
   * Listens on `port` of `host` or, where it is 0, on any free one. A server that is to be started twice needs a port.
   * `under` is a command that is to start it, such as `["prlimit", "--nofile=128"]`. `databaseUrl` names another database
   * than the one in `dataDir`; both may be changed before it is started again. Only a build for self-checks takes a
   * `weakness`; `flags` are further flags of the server.
   */
  constructor({ dataDir, databaseUrl, port = 0, host = "127.0.0.1", under = [], weakness = process.env.PARLOR_WEAKNESS, flags: more = [] }) {
    this.dataDir = dataDir;
    this.databaseUrl = databaseUrl;
    this.#port = port;
    this.#host = host;
    this.#under = under;
    this.#weakness = weakness;
    this.#more = more;
  }

  /** The process's id; `under` has to have become the server. */
  get pid() {
    return this.#child.pid;
  }

  /** Whether the process runs. */
  get isAlive() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Where its data is. */
  place() {
    return { dataDir: this.dataDir, databaseUrl: this.databaseUrl };
  }

  /** Starts the process; resolves once it is ready, with `url` its address. */
  async start() {
    const listen = ["serve", "--listen", `${this.#host}:${this.#port}`];
    const args = [...listen, "--profile", "testing", ...this.#more, ...flags({ ...this.place(), weakness: this.#weakness })];
    const [command, ...rest] = [...this.#under, binary, ...args];
    const child = spawn(command, rest, { cwd: this.dataDir, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#exited = new Promise((settle) => {
      child.once("error", (error) => settle({ error: error.message }));
      child.once("exit", (code, signal) => settle({ code, signal }));
    });
    this.url = await this.#ready(child);
  }

  #ready(child) {
    const output = (this.#said = []);
    return new Promise((ready, fail) => {
      const giveUp = (why) => {
        clearTimeout(timer);
        fail(new Error(`${binary}: ${why}\n${output.slice(-40).join("\n")}`));
      };
      const timer = setTimeout(() => giveUp("did not become ready"), START_LIMIT_MS);
      this.#exited.then((how) => giveUp(`ended before it was ready: ${JSON.stringify(how)}`));
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          output.push(line);
          for (const listener of this.#listeners) listener(line);
          const address = READY.exec(line)?.[1];
          if (address) {
            clearTimeout(timer);
            ready(address);
          }
        });
      }
    });
  }

  /** Resolves with what the pattern finds in what the server has printed, or will. */
  says(pattern) {
    const past = this.#said.map((line) => pattern.exec(line)).find(Boolean);
    if (past) return Promise.resolve(past);
    return new Promise((found, fail) => {
      const timer = setTimeout(() => fail(new Error(`the server did not say ${pattern}`)), START_LIMIT_MS);
      const listener = (line) => {
        const match = pattern.exec(line);
        if (!match) return;
        clearTimeout(timer);
        this.#listeners.delete(listener);
        found(match);
      };
      this.#listeners.add(listener);
    });
  }

  /** Ends the process at once, as the kernel would. */
  async kill() {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Asks the server to end; it has to do so cleanly and in time. Resolves with the milliseconds it took. */
  async stop() {
    const began = performance.now();
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_LIMIT_MS);
    const how = await this.#exited;
    clearTimeout(timer);
    if (how.code !== 0) throw new Error(`the server did not end cleanly: ${JSON.stringify(how)}`);
    return performance.now() - began;
  }
}

function flags({ dataDir, databaseUrl, weakness = process.env.PARLOR_WEAKNESS }) {
  return [
    // The tests' database servers do not wait for the disk.
    ...["--data-dir", dataDir, "--allow-weak-durability"],
    ...(databaseUrl ? ["--database-url", databaseUrl] : []),
    ...(weakness ? ["--weakness", weakness] : []),
  ];
}

/**
 * Runs another command of the server's, over the data of a place; `under` is a command that is to start it. Resolves with
 * how it ended and what it said; where it is given, `killAfter` ends it after so many milliseconds as the kernel would.
 */
export function run(place, args, { under = [], killAfter } = {}) {
  const [command, ...rest] = [...under, binary, ...args, ...flags(place)];
  const child = spawn(command, rest, { cwd: place.dataDir, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (data) => (text += data));
  child.stderr.on("data", (data) => (text += data));
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
  return new Promise((ended, fail) => {
    child.once("error", fail);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      ended({ code, signal, text });
    });
  });
}

/** The same for a command that has to succeed; resolves with what it said. */
export async function succeed(place, args) {
  const { code, signal, text } = await run(place, args);
  if (code !== 0) throw new Error(`parlor ${args.join(" ")} ended with ${code ?? signal}:\n${text}`);
  return text;
}

/** A port nobody listens on, below those that outgoing connections take: it stays free between two starts. */
export async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const probe = createServer();
    const free = await new Promise((settle) => {
      probe.once("error", () => settle(false));
      probe.listen(port, "127.0.0.1", () => settle(true));
    });
    await new Promise((closed) => (free ? probe.close(closed) : closed()));
    if (free) return port;
  }
}

/** A server for one test, on a fresh data directory unless one is given; gone when the test ends. */
export async function serve(t, { dataDir, ...options } = {}) {
  const server = new Server({ dataDir: dataDir ?? (await newFolder(t)), ...options });
  await server.start();
  afterwards(t, async () => {
    for (const device of server.devices) device.close();
    await server.stop();
  });
  return server;
}

/** An empty folder, gone when the test ends. */
export async function newFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), "parlor-e2e-"));
  afterwards(t, () => rm(folder, { recursive: true, force: true }));
  return folder;
}
