// What the client makes of lost connections, a restarted server, ended sessions, other tabs, and no server at all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, launch, open, openTab, PHONE, REFUSED, UNREACHABLE } from "../support/browser.js";
import { layCable } from "../support/cable.js";
import { enter, hears, inList, say, settle, signIn, writing } from "../support/pages.js";
import { freePort, serve } from "../support/server.js";

const CUT = { expected: [UNREACHABLE] };

/** Two people in a room, the first of them over a line that can be cut. */
async function inTheKitchen(t) {
  const server = await serve(t, { port: await freePort() });
  const cable = await layCable(t, server);
  const browser = await launch(t);
  const [lin, tom] = [await settle(server, "lin"), await settle(server, "tom")];
  const room = await lin.createRoom({ name: "Kitchen" });
  await tom.join(room);
  const page = await open(t, browser, cable, { ...DESKTOP, ...CUT });
  await enter(page, lin, `/app/rooms/${room.id}`);
  await writing(page).waitFor();
  return { server, cable, browser, lin, tom, room, page };
}

/** The browser says that there is a network again, which need not wait for the next attempt. */
const isBack = (page) => page.evaluate(() => void dispatchEvent(new Event("online")));

/** What a person hears, in order. */
const heard = (page, texts) =>
  page.waitForFunction(
    (wanted) => {
      const said = [...document.querySelectorAll('[role="log"] [role="article"], [role="log"] article')].map((one) => one.textContent);
      const places = wanted.map((text) => said.map((one, at) => (one.includes(text) ? at : -1)).filter((at) => at >= 0));
      return places.every((at, n) => at.length === 1 && (n === 0 || at[0] > places[n - 1][0]));
    },
    texts,
  );

test("a cut line: what was missed comes without a gap, what waited is sent once", { timeout: 90_000 }, async (t) => {
  const { server, cable, browser, tom, room, page } = await inTheKitchen(t);
  const other = await open(t, browser, server, { ...PHONE, ...CUT });
  await enter(other, tom, `/app/rooms/${room.id}`);
  await say(page, "before");
  await hears(other, "before");

  await cable.cut();
  await page.getByText("Not connected.").waitFor();
  await say(page, "written in the dark");
  await page.getByText("1 message waits to be sent.").waitFor();
  for (const word of ["missed one", "missed two", "missed three"]) await tom.say(room, word);

  // It may be tried at once, as often as one likes.
  await page.getByRole("button", { name: "Try now" }).click();
  await cable.mend();
  await isBack(page);
  await page.getByText("Not connected.").waitFor({ state: "detached" });
  await heard(page, ["before", "missed one", "missed two", "missed three", "written in the dark"]);
  await heard(other, ["before", "missed one", "missed two", "missed three", "written in the dark"]);
});

test("a restarted server is met again without a reload", { timeout: 90_000 }, async (t) => {
  const { server, tom, room, page } = await inTheKitchen(t);
  await page.evaluate(() => (window.sameDocument = true));
  await say(page, "before the restart");
  await hears(page, "before the restart");
  await server.stop();
  await page.getByText("Not connected.").waitFor();
  await say(page, "while it was away");
  await server.start();
  await tom.say(room, "it is back");
  await heard(page, ["before the restart", "it is back"]);
  await heard(page, ["before the restart", "while it was away"]);
  assert.ok(await page.evaluate(() => window.sameDocument));
});

test("three talk on through a cut line and a restarted server, and have heard the same", { timeout: 120_000 }, async (t) => {
  const { server, cable, browser, lin, tom, room, page } = await inTheKitchen(t);
  const eve = await settle(server, "eve");
  await eve.join(room);
  const others = [await open(t, browser, server, { ...PHONE, ...CUT }), await open(t, browser, server, { ...DESKTOP, ...CUT })];
  await Promise.all([enter(others[0], tom, `/app/rooms/${room.id}`), enter(others[1], eve, `/app/rooms/${room.id}`)]);
  const all = [page, ...others];
  await Promise.all(all.map((one, at) => say(one, `good morning from ${at}`)));
  for (const one of all) for (const at of [0, 1, 2]) await hears(one, `good morning from ${at}`);

  await cable.cut();
  await page.getByText("Not connected.").waitFor();
  await Promise.all(all.map((one, at) => say(one, `while one is away, ${at}`)));
  await hears(others[0], "while one is away, 2");
  await server.stop();
  for (const one of others) await one.getByText("Not connected.").waitFor();
  await Promise.all(all.map((one, at) => say(one, `into the dark, ${at}`)));
  await server.start();
  await cable.mend();
  for (const one of all) await isBack(one);
  const texts = ["good morning from", "while one is away,", "into the dark,"].flatMap((text) => [0, 1, 2].map((at) => `${text} ${at}`));
  for (const one of all) for (const text of texts) await hears(one, text);
  const told = (await lin.history(room)).map(({ content }) => content);
  assert.deepEqual(told.toSorted(), texts.toSorted(), "everything once");
  for (const one of all) await heard(one, told);
});

test("a session that ends elsewhere asks to sign in again, and leads back", { timeout: 60_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const lin = await settle(server, "lin");
  const room = await lin.createRoom({ name: "Kitchen" });
  const page = await open(t, browser, server, { ...DESKTOP, expected: [REFUSED] });
  await enter(page, lin, `/app/rooms/${room.id}`);
  await writing(page).fill("half a thou");
  const { items } = await lin.do("GET", "/api/auth/sessions");
  await lin.do("DELETE", `/api/auth/sessions/${items.find((session) => !session.is_current).id}`);
  await page.getByText("Your session has ended. Sign in again.").waitFor();
  await signIn(page, "lin");
  await page.getByRole("heading", { name: "Kitchen" }).waitFor();
  assert.equal(await writing(page).inputValue(), "half a thou");
});

test("tabs agree: what is read, the colours, and that one has left", { timeout: 60_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const [lin, tom] = [await settle(server, "lin"), await settle(server, "tom")];
  const room = await lin.createRoom({ name: "Kitchen" });
  await tom.join(room);
  const page = await open(t, browser, server, { ...DESKTOP, expected: [REFUSED] });
  await enter(page, lin);
  const tab = await openTab(t, page, [REFUSED]);
  await tab.goto("/app/account");
  await tom.say(room, "new");
  for (const one of [page, tab]) await inList(one, "Kitchen").getByText("1 unread").waitFor({ state: "attached" });
  await page.bringToFront();
  await inList(page, "Kitchen").getByRole("link").click();
  await inList(tab, "Kitchen").getByText("1 unread").waitFor({ state: "detached" });

  await tab.getByLabel("Colours").selectOption("dark");
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");

  await tab.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByText("You signed out in another tab.").waitFor();
  await signIn(page, "lin");
  await tab.getByRole("navigation", { name: "Rooms" }).waitFor();
});

/** Resolves once the browser's copy of one's rooms has the text. Runs in the page. */
async function keeps(text) {
  const answer = (request) => new Promise((done) => (request.onsuccess = () => done(request.result)));
  for (;;) {
    const { name } = (await indexedDB.databases()).find((one) => one.name.startsWith("parlor.kept.")) ?? {};
    const database = name && (await answer(indexedDB.open(name)));
    const values = database ? await answer(database.transaction("kept").objectStore("kept").getAll()) : [];
    database?.close();
    if (JSON.stringify(values).includes(text)) return;
    await new Promise((next) => requestAnimationFrame(next));
  }
}

/** Resolves once there is no such copy. Runs in the page. */
async function keepsNothing() {
  while ((await indexedDB.databases()).some(({ name }) => name.startsWith("parlor.kept"))) {
    await new Promise((next) => requestAnimationFrame(next));
  }
}

test("without a server the client opens, and recent rooms can be read", { timeout: 90_000 }, async (t) => {
  const { cable, tom, room, page } = await inTheKitchen(t);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await tom.say(room, "kept for the journey");
  await hears(page, "kept for the journey");
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // In a window of a test's own, that is all that is in the way.
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"), [], "it can be installed");

  await page.evaluate(keeps, "kept for the journey");
  await cable.cut();
  await page.reload();
  await hears(page, "kept for the journey");
  await page.getByText("You see what this browser kept.").waitFor();
  await say(page, "sent on arrival");
  await tom.say(room, "said meanwhile");

  await cable.mend();
  await heard(page, ["kept for the journey", "said meanwhile"]);
  await heard(page, ["kept for the journey", "sent on arrival"]);

  // Nothing is left for the next person at this browser.
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.evaluate(keepsNothing);
  const kept = await page.evaluate(async () => {
    const caches_ = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return caches_.flat().map(({ url }) => new URL(url).pathname);
  });
  assert.ok(kept.length > 0);
  assert.deepEqual(kept.filter((path) => path.startsWith("/api") || path.startsWith("/socket.io")), []);
  await cable.cut();
  await page.reload();
  await page.getByText("The server cannot be reached.").waitFor();
});

test("a newer client announces itself and is used on request", { timeout: 60_000 }, async (t) => {
  const server = await serve(t);
  const cable = await layCable(t, server);
  const browser = await launch(t);
  const page = await open(t, browser, cable, DESKTOP);
  await enter(page, await settle(server, "lin"));
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  // The next version differs in at least one letter.
  const worker = await fetch(`${server.url}/sw.js`).then((answer) => answer.text());
  cable.replace("/sw.js", "text/javascript", `${worker}\n// newer`);
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await page.getByText("A new version of this page is ready.").waitFor();
  await page.evaluate(() => (window.oldPage = true));
  await page.getByRole("button", { name: "Reload" }).click();
  await page.waitForFunction(() => !window.oldPage);
  await page.getByRole("navigation", { name: "Rooms" }).waitFor();
});
