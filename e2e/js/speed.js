// How fast the client is: opening a room of 10,000 messages, scrolling one of 100,000, and Lighthouse.
//   node speed.js [open|scroll|lighthouse]…
// Times are processor time of the page's main thread, which other programs on the machine hardly change, unless they
// are called “on the clock”. PARLOR_ROUNDS says how often a room is opened.

import { chromium } from "playwright-core";
import { CHROMIUM, DESKTOP, launch, PHONE } from "./support/browser.js";
import { afterwards, undoing } from "./support/cleanup.js";
import { quantile } from "./support/figures.js";
import { fillLong } from "./support/long.js";
import { enter, settle } from "./support/pages.js";
import { furnish } from "./support/screens.js";
import { freePort, newFolder, serve } from "./support/server.js";

const ROUNDS = Number(process.env.PARLOR_ROUNDS ?? 10);
const SLOT_MS = 1000 / 60;

const round = (number) => (number < 10 ? number.toFixed(1) : Math.round(number).toLocaleString("en"));
const spread = (numbers) => `${round(quantile(numbers, 0.5))} (${round(Math.min(...numbers))}–${round(Math.max(...numbers))})`;

/** What Chromium counts of a page, in milliseconds of the main thread's processor time. */
async function counting(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    const named = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    const ms = (name) => named[name] * 1000;
    return {
      all: ms("TaskDuration"),
      script: ms("ScriptDuration"),
      layout: ms("LayoutDuration") + ms("RecalcStyleDuration"),
      heap: named.JSHeapUsedSize / 2 ** 20,
      nodes: named.Nodes,
    };
  };
}

/** Clicks a room in the list and resolves, once its newest message has been painted, with how long that took. In the page. */
async function openInPage(name) {
  const link = [...document.querySelectorAll("nav a")].find((one) => one.textContent.includes(name));
  const from = performance.now();
  link.click();
  const isThere = () => document.querySelector("h1")?.textContent.includes(name) && document.querySelector("[role=log] article");
  await new Promise((done) => {
    const observer = new MutationObserver(() => isThere() && done(observer.disconnect()));
    observer.observe(document.body, { childList: true, subtree: true });
  });
  const { port1, port2 } = new MessageChannel();
  await new Promise((painted) => {
    port1.onmessage = painted;
    requestAnimationFrame(() => port2.postMessage(null));
  });
  return performance.now() - from;
}

const quiet = (page) => page.evaluate(() => new Promise((idle) => setTimeout(() => requestIdleCallback(idle), 1_000)));

async function timed(page, count, name) {
  await quiet(page);
  const before = await count();
  const clock = await page.evaluate(openInPage, name);
  const after = await count();
  const part = (key) => after[key] - before[key];
  return { clock, all: part("all"), script: part("script"), layout: part("layout") };
}

async function open(t) {
  const server = await serve(t);
  const lin = await settle(server, "lin");
  const long = await lin.createRoom({ name: "Ten thousand" });
  const small = await lin.createRoom({ name: "Small" });
  await lin.say(small, "Hello");
  await fillLong(server, lin, long, 10_000);
  const browser = await launch(t);
  const kinds = { "the first room of a visit": [], "after another room": [], again: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const order of [["Ten thousand"], ["Small", "Ten thousand", "Small", "Ten thousand"]]) {
      const context = await browser.newContext({ baseURL: server.url, locale: "en-GB", ...DESKTOP });
      const page = await context.newPage();
      await enter(page, lin);
      await page.getByText("Ten thousand").first().waitFor();
      const count = await counting(page);
      const figures = [];
      for (const name of order) figures.push(await timed(page, count, name));
      if (order.length === 1) kinds["the first room of a visit"].push(figures[0]);
      else {
        kinds["after another room"].push(figures[1]);
        kinds.again.push(figures[3]);
      }
      await context.close();
    }
  }
  console.log(`\nOpening a room of 10,000 messages: ms of processor time, median (least–most) of ${ROUNDS}\n`);
  console.log("| opened | all | script | style and layout | on the clock |\n| --- | --- | --- | --- | --- |");
  for (const [name, all] of Object.entries(kinds)) {
    const of = (key) => spread(all.map((one) => one[key]));
    console.log(`| ${name} | ${of("all")} | ${of("script")} | ${of("layout")} | ${of("clock")} |`);
  }
}

/** How long each task of the page's main thread took, in milliseconds of its processor time, from a trace. */
function tasksOf(trace) {
  const { traceEvents } = JSON.parse(trace);
  const main = traceEvents
    .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
    .map(({ pid, tid }) => `${pid} ${tid}`);
  const tasks = traceEvents.filter(({ name, pid, tid, tdur }) => /RunTask$/.test(name) && tdur && main.includes(`${pid} ${tid}`));
  return tasks.map(({ tdur }) => tdur / 1000);
}

async function scroll(t) {
  const server = await serve(t);
  const lin = await settle(server, "lin");
  const room = await lin.createRoom({ name: "A hundred thousand" });
  await fillLong(server, lin, room, 100_000);
  const browser = await launch(t);
  console.log("\nScrolling a room of 100,000 messages for 10 s: main thread, ms of processor time\n");
  console.log("| screen | pixels a second | busy | longest task | tasks over a frame | frames shown on the clock | messages in the page | heap |");
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
  for (const [name, screen] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    for (const speed of [1_500, 6_000]) {
      const context = await browser.newContext({ baseURL: server.url, locale: "en-GB", ...screen });
      const page = await context.newPage();
      await enter(page, lin, `/app/rooms/${room.id}`);
      await page.getByRole("article").first().waitFor();
      await quiet(page);
      const count = await counting(page);
      const devtools = await context.newCDPSession(page);
      const { x, y, width, height } = await page.getByRole("log").boundingBox();
      await page.evaluate(() => {
        window.frames_ = 0;
        const frame = () => ((window.frames_ += 1), requestAnimationFrame(frame));
        requestAnimationFrame(frame);
      });
      await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-toplevel"] });
      const [before, from] = [await count(), performance.now()];
      const first = await page.evaluate(() => window.frames_);
      await devtools.send("Input.synthesizeScrollGesture", {
        x: Math.round(x + width / 2), y: Math.round(y + height / 2), yDistance: speed * 10, speed, gestureSourceType: screen === PHONE ? "touch" : "mouse", preventFling: true,
      });
      const seconds = (performance.now() - from) / 1000;
      const frames = (await page.evaluate(() => window.frames_)) - first;
      const after = await count();
      const tasks = tasksOf((await browser.stopTracing()).toString());
      await devtools.send("HeapProfiler.collectGarbage");
      const { heap } = await count();
      const rows = await page.getByRole("article").count();
      const over = tasks.filter((ms) => ms > SLOT_MS).length;
      console.log(`| ${name} | ${speed.toLocaleString("en")} | ${round((after.all - before.all) / seconds / 10)} % | ${round(Math.max(...tasks))} | ${over} of ${tasks.length.toLocaleString("en")} | ${round(frames / seconds)} a second | ${rows} | ${round(heap)} MiB |`);
      await context.close();
    }
  }
}

/** Lighthouse's scores of the way in and of a room, as it measures them by itself: a phone on a slow line, a desktop. */
async function lighthouse(t) {
  const { default: measure, desktopConfig } = await import("./lighthouse/node_modules/lighthouse/core/index.js");
  const server = await serve(t);
  const { lin, circle } = await furnish(server);
  const port = await freePort();
  // Lighthouse opens windows of its own in the browser, which share its cookies and nothing else.
  const args = [...CHROMIUM.args, `--remote-debugging-port=${port}`];
  const browser = await chromium.launchPersistentContext(await newFolder(t), { ...CHROMIUM, args, baseURL: server.url, locale: "en-GB" });
  afterwards(t, () => browser.close());
  console.log("\nLighthouse, median performance of three (least–most) and accessibility\n");
  console.log("| page | screen | performance | accessibility | first paint | largest paint | blocked | shift |\n| --- | --- | --- | --- | --- | --- | --- | --- |");
  for (const [name, path] of [["sign-in", "/app/sign-in"], ["room", `/app/rooms/${circle.id}`]]) {
    if (name === "room") await enter(await browser.newPage(), lin);
    for (const screen of ["phone", "desktop"]) {
      const runs = [];
      for (let run = 0; run < 3; run++) {
        const flags = { port, output: "json", onlyCategories: ["performance", "accessibility"] };
        runs.push((await measure(server.url + path, flags, screen === "desktop" ? desktopConfig : undefined)).lhr);
      }
      const of = (pick) => runs.map(pick);
      const audit = (key) => spread(of(({ audits }) => audits[key].numericValue));
      const score = (key) => spread(of(({ categories }) => categories[key].score * 100));
      console.log(`| ${name} | ${screen} | ${score("performance")} | ${score("accessibility")} | ${audit("first-contentful-paint")} ms | ${audit("largest-contentful-paint")} ms | ${audit("total-blocking-time")} ms | ${quantile(of(({ audits }) => audits["cumulative-layout-shift"].numericValue), 0.5).toFixed(3)} |`);
    }
  }
}

const MEASURES = { open, scroll, lighthouse };
const wanted = process.argv.slice(2);
for (const [name, measure] of Object.entries(MEASURES)) {
  if (wanted.length === 0 || wanted.includes(name)) await undoing(measure);
}
