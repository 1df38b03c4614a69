// What the system says of a process (proc(5)), and sums over many figures.

import { readFile, readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const TICKS_PER_SECOND = 100;

async function memory(pid, name) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)[1]) / 1024;
}

/** The memory a process holds now, in MiB. */
export const memoryNow = (pid) => memory(pid, "VmRSS");

/** The most memory a process ever held, in MiB. */
export const memoryPeak = (pid) => memory(pid, "VmHWM");

/** How many files and sockets a process has open. */
export async function openFiles(pid) {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

async function cpuSeconds(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** How much of one processor a process uses during so many milliseconds, in percent. */
export async function cpuShare(pid, ms) {
  const before = await cpuSeconds(pid);
  await sleep(ms);
  return ((await cpuSeconds(pid)) - before) / (ms / 100_000);
}

/** The value below which `share` of the numbers are. */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Resolves with the milliseconds until `check` first answers something true; fails after `patience`. */
export async function within(patience, what, check) {
  const began = performance.now();
  for (let last; ; await sleep(50)) {
    last = await Promise.resolve(check()).catch((error) => void (last = error));
    const took = performance.now() - began;
    if (last) return took;
    if (took > patience) throw new Error(`${what}: not within ${patience} ms`);
  }
}
