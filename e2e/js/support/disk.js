// Disks of a test's own. Mounting them needs root.

import { execFile } from "node:child_process";
import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterwards } from "./cleanup.js";
import { newFolder } from "./server.js";

const run = promisify(execFile);
const SIZE_BYTES = 256 * 1024 * 1024;

/** A disk of a test's own in memory, for it to be small. */
export class RamDisk {
  constructor(path) {
    this.path = path;
  }

  /** An empty disk, gone when the test ends. */
  static async create(t, mib) {
    const path = await newFolder(t);
    await run("mount", ["-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", path]);
    afterwards(t, () => run("umount", [path]));
    return new RamDisk(path);
  }
}

/** A mounted disk at `path` whose power can be cut: an ext4 image. What no program made durable is lost by a cut. */
export class Disk {
  constructor(folder) {
    this.folder = folder;
    this.image = join(folder, "image");
    this.path = join(folder, "disk");
  }

  /** An empty disk, gone when the test ends. */
  static async create(t) {
    const disk = new Disk(await newFolder(t));
    await mkdir(disk.path);
    const image = await open(disk.image, "w");
    await image.truncate(SIZE_BYTES);
    await image.close();
    await run("mkfs.ext4", ["-q", disk.image]);
    await disk.#mount();
    afterwards(t, () => disk.#unmount());
    return disk;
  }

  #mount() {
    // The kernel flushes by itself after ten minutes only: until then nothing is durable but what was synced.
    return run("mount", ["-o", "loop,commit=600", this.image, this.path]);
  }

  #unmount() {
    return run("umount", [this.path]);
  }

  /** The disk is again what it was on the platter at this moment. Nothing may have a file open on it. */
  async cut() {
    const platter = join(this.folder, "platter");
    await run("cp", ["--sparse=always", this.image, platter]);
    await this.#unmount();
    await rename(platter, this.image);
    await this.#mount();
  }
}
