// PostgreSQL and MariaDB for a test, as scripts/databases starts them.

import { execFile } from "node:child_process";
import { chmod, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterwards } from "./cleanup.js";
import { newFolder } from "./server.js";

const run = promisify(execFile);
const script = resolve(dirname(fileURLToPath(import.meta.url)), "../../../scripts/databases");
let made = 0;

/** Both database servers, gone when the test ends. */
export class Databases {
  #env;
  #folder;

  static async start(t) {
    const databases = new Databases();
    const folder = await newFolder(t);
    // Neither runs as root: they pass through to folders of their own.
    await chmod(folder, 0o711);
    databases.#folder = join(folder, "databases");
    // Its own output would be waited for by the database that it leaves running.
    await run("bash", ["-c", `"$0" start "$1" >"$2" 2>&1`, script, databases.#folder, `${databases.#folder}.log`]);
    afterwards(t, () => run(script, ["stop", databases.#folder]));
    databases.#env = await readFile(join(databases.#folder, "env"), "utf8");
    return databases;
  }

  /** The address of a new database. */
  async create(kind) {
    const name = `faults_${++made}`;
    const [, url] = new RegExp(`PARLOR_TEST_${kind.toUpperCase()}_URL=(\\S+)`).exec(this.#env);
    const { hostname: host, port } = new URL(url);
    const create = `CREATE DATABASE ${name}`;
    if (kind === "postgres") await run("psql", ["-qX", "-h", host, "-p", port, "-U", "parlor", "-c", create, "parlor"]);
    else await run("mariadb", ["--no-defaults", "-h", host, "-P", port, "-u", "parlor", "-e", create]);
    return url.replace(/\/parlor$/, `/${name}`);
  }
}
