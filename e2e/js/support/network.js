// A network of a test's own: a namespace joined to this one by a cable that can be pulled. Needs root.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterwards } from "./cleanup.js";

const run = promisify(execFile);
/** As proc(5) writes it. */
const ESTABLISHED = "01";
const ip = (...args) => run("ip", args);

/** `host` is this side's address; commands run on the other side by `inside`. */
export class Network {
  constructor(name, subnet) {
    this.name = name;
    this.near = `${name}a`;
    this.far = `${name}b`;
    this.host = `${subnet}.1`;
    this.guest = `${subnet}.2`;
    this.inside = ["ip", "netns", "exec", name];
  }

  /** A network, gone when the test ends. */
  static async create(t) {
    const { pid } = process;
    const network = new Network(`prl${pid}`, `10.${200 + (pid % 50)}.${(pid >> 6) % 250}`);
    await ip("netns", "add", network.name);
    afterwards(t, () => ip("netns", "del", network.name));
    await ip("link", "add", network.near, "type", "veth", "peer", "name", network.far, "netns", network.name);
    await ip("addr", "add", `${network.host}/24`, "dev", network.near);
    await ip("link", "set", network.near, "up");
    await ip("-n", network.name, "addr", "add", `${network.guest}/24`, "dev", network.far);
    await ip("-n", network.name, "link", "set", network.far, "up");
    return network;
  }

  /** How many connections from the other side are held open on this one. */
  async connections() {
    const bytes = this.guest.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
    const guest = bytes.reverse().join("").toUpperCase();
    const rows = (await readFile("/proc/net/tcp", "utf8")).split("\n").slice(1);
    return rows.filter((row) => {
      const [, , remote, state] = row.trim().split(/\s+/);
      return remote?.startsWith(guest) && state === ESTABLISHED;
    }).length;
  }

  /** From now on nothing gets through, and neither side is told. */
  pull() {
    return ip("-n", this.name, "link", "set", this.far, "down");
  }
}
