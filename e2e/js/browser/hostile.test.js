// What is meant to harm whoever reads it, in a real browser, with its own parser; and what the next person finds there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, launch, open, openTab, REFUSED } from "../support/browser.js";
import { enter, hears, settle, settleAdmin, signIn, writing } from "../support/pages.js";
import { walk } from "../support/screens.js";
import { serve } from "../support/server.js";

const HOSTILE = [
  "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
  "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
  "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
  "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
  "**<b**><script>alert(1)</script> `<img src=x onerror=alert(1)>`",
  "```html\n</code></pre><iframe src=javascript:alert(1)></iframe>\n```",
  "![a picture](https://elsewhere.example/pixel.png) [x](javascript:alert(1)) [x](data:text/html,hi)",
  "<img src=https://elsewhere.example/pixel.png> <video src=https://elsewhere.example/pixel.mp4>",
];

test("M1 M2 M3 M6: nothing in a message runs, is loaded, or turns into markup", { timeout: 60_000 }, async (t) => {
  const server = await serve(t);
  const [lin, eve] = [await settle(server, "lin"), await settle(server, "eve")];
  const room = await lin.createRoom({ name: "Gate" });
  await eve.join(room);
  for (const content of HOSTILE) {
    await eve.do("POST", `/api/rooms/${room.id}/messages`, { content, message_type: "markdown" });
  }
  await eve.say(room, "and that was all");
  const page = await open(t, await launch(t), server, DESKTOP);
  const elsewhere = [];
  page.on("request", (request) => {
    if (new URL(request.url()).host !== new URL(server.url).host) elsewhere.push(request.url());
  });
  page.on("dialog", () => assert.fail("a script ran"));
  await enter(page, lin, `/app/rooms/${room.id}`);
  await hears(page, "and that was all");

  const contents = await page.getByRole("log").locator(".content").evaluateAll((shown) =>
    shown.map((content) => {
      const again = document.createElement("template");
      again.innerHTML = content.innerHTML;
      const elements = [...again.content.querySelectorAll("*")];
      return {
        isSame: again.innerHTML === content.innerHTML,
        odd: elements.filter((one) => one.matches("img, video, iframe, script, style, form, math, noscript, [src], [style]")).length,
        handlers: elements.flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith("on")),
        addresses: elements.map((one) => one.getAttribute("href")).filter((address) => address && !/^https?:/.test(address)),
      };
    }),
  );
  assert.equal(contents.length, HOSTILE.length + 1);
  for (const [at, content] of contents.entries()) {
    assert.deepEqual(content, { isSame: true, odd: 0, handlers: [], addresses: [] }, HOSTILE[at]);
  }
  assert.deepEqual(elsewhere, []);
});

/** What a page must not hold, whatever people are called. In the page. */
const intruders = () =>
  [...document.querySelectorAll("img[src=x], img[src^='http'], iframe, script:not([src]), [onerror], [onload], [onclick], [style*=url]")].map(
    (one) => one.outerHTML,
  );

test("names, topics, rules and announcements are texts, wherever they stand", { timeout: 90_000 }, async (t) => {
  const server = await serve(t);
  const ada = await settleAdmin(server);
  const eve = await settle(server, "eve", "<img src=x onerror=alert(1)>");
  const mark = '"><script>alert(1)</script>';
  await eve.do("PUT", "/api/auth/profile", { bio: `<svg onload=alert(1)> ${mark}` });
  const room = await eve.createRoom({ name: `Room ${mark}`, description: "<img src=x onerror=alert(1)> {{7*7}} ${7*7}" });
  const rules = `<a href=javascript:alert(1)>x</a> ${mark}`;
  const community = await eve.do("POST", "/api/communities", { name: `Club ${mark}`, description: rules, rules });
  await ada.join(room);
  await ada.do("PUT", `/api/rooms/${room.id}/shelf`, { folder: `Folder ${mark}` });
  const { message } = await eve.say(room, `@ada ${mark}`);
  await ada.do("PUT", `/api/messages/${message.id}/pin`).catch(() => {});
  await ada.do("POST", "/api/admin/announcements", { title: `News ${mark}`, content: `[x](javascript:alert(1)) <img src=x onerror=alert(1)>` });
  await eve.do("POST", "/api/friends/requests", { user_id: ada.id });

  const page = await open(t, await launch(t), server, DESKTOP);
  page.on("dialog", () => assert.fail("a script ran"));
  await enter(page, ada);
  const screens = {
    [`/app/rooms/${room.id}`]: () => hears(page, `@ada ${mark}`),
    [`/app/rooms/${room.id}/members`]: () => page.locator("aside").getByText("@eve").waitFor(),
    "/app/people": () => page.getByRole("button", { name: /^Accept/ }).waitFor(),
    "/app/browse": () => page.locator("#main").getByText("{{7*7}} ${7*7}").waitFor(),
    "/app/communities": () => page.locator("#main").getByText(`Club ${mark}`).waitFor(),
    [`/app/communities/${community.id}`]: () => page.getByText(rules).first().waitFor(),
    "/app/admin/users": () => page.locator("#main").getByText("@eve").waitFor(),
    [`/app/admin/users/${eve.id}`]: () => page.locator("#main h2").first().waitFor(),
    "/app/admin/rooms": () => page.locator("#main").getByText(`Room ${mark}`).waitFor(),
    "/app/admin/announcements": () => page.locator("#main").getByText(`News ${mark}`).waitFor(),
    "/app/admin/audit": () => page.locator("#main time").first().waitFor(),
  };
  for (const [path, isThere] of Object.entries(screens)) {
    await walk(page, path);
    await isThere();
    assert.deepEqual(await page.evaluate(intruders), [], path);
  }
  await page.getByRole("button", { name: "Read", exact: true }).click();
  await page.getByRole("dialog").getByText("<img src=x onerror=alert(1)>").waitFor();
  assert.deepEqual(await page.evaluate(intruders), [], "the announcement");
  await page.keyboard.press("Escape");
  await walk(page, `/app/rooms/${room.id}/members`);
  await page.locator("aside li", { hasText: "@eve" }).getByRole("button").first().click();
  await page.getByRole("dialog").getByText("<svg onload=alert(1)>").waitFor();
  assert.deepEqual(await page.evaluate(intruders), [], "the card");
});

/** Everything that the browser keeps for the page: what the page wrote, and files. In the page. */
async function keptByBrowser() {
  const answer = (request) => new Promise((done) => (request.onsuccess = () => done(request.result)));
  const databases = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await answer(indexedDB.open(name));
    for (const store of database.objectStoreNames) databases.push(await answer(database.transaction(store).objectStore(store).getAll()));
    database.close();
  }
  const stored = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) stored.push(request.url, await (await cache.match(request)).text());
  }
  return { written: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, databases]), files: stored.join() };
}

test("who comes next to the same browser finds nothing of who was there", { timeout: 90_000 }, async (t) => {
  const server = await serve(t);
  const [lin, , eve] = await Promise.all(["lin", "tom", "eve"].map((name) => settle(server, name)));
  const board = await lin.createRoom({ name: "Secret board", is_private: true, access_key: "open-sesame-lin" });
  await eve.createRoom({ name: "Vault", is_private: true, access_key: "open-sesame-vault" });
  await lin.say(board, "nobody else may read this");
  const page = await open(t, await launch(t), server, { ...DESKTOP, expected: [REFUSED] });
  await enter(page, lin, `/app/rooms/${board.id}`);
  const tab = await openTab(t, page, [REFUSED]);
  await tab.goto(`/app/rooms/${board.id}`);
  await hears(tab, "nobody else may read this");
  await writing(tab).fill("half of a secret");
  // What lets one in is where no script gets at it.
  const cookies = await page.context().cookies();
  assert.ok(cookies.length > 0 && cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite !== "None"));
  assert.doesNotMatch((await page.evaluate(keptByBrowser)).written, /eyJ[\w-]+\.|token/i);
  // Another invitation is open, and not used.
  await page.goto("/app/join#open-sesame-vault");
  await page.getByRole("button", { name: "Join the room" }).waitFor();
  await walk(page, "/app/account");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tab.getByText("You signed out in another tab.").waitFor();

  await signIn(page, "tom");
  await tab.getByRole("navigation", { name: "Rooms" }).waitFor();
  for (const one of [page, tab]) {
    const { written, files } = await one.evaluate(keptByBrowser);
    assert.doesNotMatch(written + files, /nobody else may|half of a secret|Secret board|open-sesame|lin@/);
    assert.equal(await one.getByText(/Secret board|nobody else|half of a secret/).count(), 0);
  }
  await tab.goto(`/app/rooms/${board.id}`);
  await tab.getByText("This room does not exist, or you are not in it.").waitFor();
});
