// Long rooms: where they open, how they scroll, and what one does with a message.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, DESKTOP, launch, UNREACHABLE } from "../support/browser.js";
import { Person } from "../support/people.js";
import { freePort, serve } from "../support/server.js";
import { box, fill, history, log, said, visit } from "../support/rooms.js";

/** The client keeps so many messages in the page at most. */
const MOST_ROWS = 160;

async function twoInARoom(t, options) {
  const server = await serve(t, options);
  const [alice, bob] = await Promise.all([Person.register(server, "alice"), Person.register(server, "bob")]);
  const room = await alice.createRoom({ name: "Archive" });
  await bob.join(room);
  return { server, alice, bob, room };
}

const rows = (page) => log(page).getByRole("article").count();
const places = (page) => log(page).evaluate((list) => [...list.querySelectorAll("article")].map((row) => Number(row.dataset.seq)));

/** Scrolls a step and says how far the message in the middle moved beyond the step. */
const scrollBy = (page, dy) =>
  log(page).evaluate(async (list, step) => {
    const middle = list.getBoundingClientRect().top + list.clientHeight / 2;
    const row = [...list.querySelectorAll("article")].find((one) => one.getBoundingClientRect().bottom > middle);
    const [before, from] = [row.getBoundingClientRect().top, list.scrollTop];
    list.scrollTop += step;
    const moved = list.scrollTop - from;
    // Pages that arrive and rows that come and go are seen by the second frame.
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    return row.isConnected ? Math.abs(row.getBoundingClientRect().top - before + moved) : 0;
  }, dy);

test("a long room opens where one left off, scrolls to its beginning, and leads back", { timeout: 240_000 }, async (t) => {
  const { alice, bob, room } = await twoInARoom(t);
  await bob.say(room, "the very first");
  await fill(bob, room, 700);
  const read = (await history(alice, room)).at(-1).seq;
  await alice.do("PUT", `/api/rooms/${room.id}/read`, { seq: read });
  await fill(bob, room, 300, (index) => `new ${index}`);

  const browser = await launch(t);
  const page = await visit(t, browser, alice, room);
  await log(page).getByText("New", { exact: true }).waitFor();
  await log(page).getByText("New", { exact: true }).evaluate((line) => {
    const [{ top }, { top: from, bottom }] = [line, line.closest("[role=log]")].map((one) => one.getBoundingClientRect());
    if (top < from || top > bottom) throw new Error(`the line is at ${top}, not in ${from}…${bottom}`);
  });
  await page.getByRole("button", { name: /^\d+ new messages$/ }).waitFor();
  await assertAccessible(page);

  // To the newest, with all of it read.
  await page.getByRole("button", { name: /new messages$/ }).click();
  await said(page, /new \d+/).last().waitFor();
  await page.getByRole("button", { name: /new messages$|newest$/ }).waitFor({ state: "detached" });
  const newest = (await history(alice, room)).at(-1).seq;
  assert.equal((await places(page)).at(-1), newest);

  // Up to the beginning: nothing jumps on the way, and the page stays small.
  const start = log(page).getByText("This is where “Archive” begins.");
  let [jumps, most] = [0, 0];
  for (let step = 0; step < 2_000 && !(await start.isVisible()); step++) {
    if ((await scrollBy(page, -500)) > 2) jumps++;
    most = Math.max(most, await rows(page));
  }
  await start.waitFor();
  await said(page, "the very first").waitFor();
  assert.ok(most <= MOST_ROWS, `${most} messages in the page`);
  assert.equal(jumps, 0);

  // Every message between is there once, in order.
  const seen = new Set(await places(page));
  for (let step = 0; step < 2_000 && !seen.has(newest); step++) {
    await scrollBy(page, 600);
    const now = await places(page);
    assert.deepEqual(now, now.toSorted((a, b) => a - b));
    for (const seq of now) seen.add(seq);
  }
  assert.equal(seen.size, 1001);
  assert.ok((await rows(page)) <= MOST_ROWS);
});

test("a link leads to a message, however long ago", { timeout: 120_000 }, async (t) => {
  const { alice, bob, room } = await twoInARoom(t);
  const { message } = await bob.say(room, "find me again");
  await fill(bob, room, 300);
  const browser = await launch(t);
  const page = await visit(t, browser, alice, room);
  await page.goto(`/app/rooms/${room.id}/messages/${message.seq}`);
  await said(page, "find me again").waitFor();
  await said(page, "find me again").evaluate((row) => {
    const [{ top }, list] = [row.getBoundingClientRect(), row.closest("[role=log]").getBoundingClientRect()];
    if (top < list.top || top > list.bottom) throw new Error("the message is not in sight");
  });
  await page.getByRole("button", { name: /newest$|new messages?$/ }).click();
  await page.waitForURL(`**/app/rooms/${room.id}`);
  await said(page, "find me again").waitFor({ state: "detached" });
});

test("keys do at a message what the pointer does", { timeout: 120_000 }, async (t) => {
  const { alice, bob, room } = await twoInARoom(t);
  await bob.say(room, "first");
  await alice.say(room, "second, mine");
  await bob.say(room, "third");
  const browser = await launch(t);
  const [page, other] = [await visit(t, browser, alice, room), await visit(t, browser, bob, room)];
  await said(page, "third").focus();
  await page.keyboard.press("k");
  assert.equal(await page.evaluate(() => document.activeElement.textContent.includes("second, mine")), true);

  await page.keyboard.press("e");
  await page.getByRole("textbox", { name: "Edit message" }).fill("second, better");
  await page.keyboard.press("Enter");
  await said(other, "second, better").getByText("(edited)").waitFor();

  await said(page, "third").focus();
  await page.keyboard.press("+");
  const picker = page.getByRole("dialog", { name: "Emoji" });
  await picker.getByRole("searchbox").fill("rocket");
  await picker.getByRole("button", { name: "rocket", exact: true }).waitFor();
  await assertAccessible(page);
  await page.keyboard.press("Enter");
  await said(other, "third").getByRole("button", { name: "🚀: 1 person" }).click();
  await said(page, "third").getByRole("button", { name: "🚀: 2 people" }).waitFor();
  await said(other, "third").getByRole("button", { name: "🚀: 2 people" }).click();
  await said(page, "third").getByRole("button", { name: "🚀: 1 person" }).waitFor();

  await said(page, "third").focus();
  await page.keyboard.press("r");
  await page.keyboard.type("an answer");
  await page.keyboard.press("Enter");
  await said(other, "an answer").getByRole("button", { name: /third/ }).waitFor();

  await said(page, "an answer").focus();
  await page.keyboard.press("Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await log(other).getByText("Message deleted").waitFor();

  await said(page, "third").focus();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await assertAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
});

test("who read a message, who reacted, and what is pinned is told live", { timeout: 120_000 }, async (t) => {
  const { alice, bob, room } = await twoInARoom(t);
  const browser = await launch(t);
  const page = await visit(t, browser, alice, room);
  await box(page).fill("have you seen this?");
  await box(page).press("Enter");
  const row = said(page, "have you seen this?");
  await row.getByText("Sent", { exact: true }).waitFor();

  const other = await visit(t, browser, bob, room);
  await said(other, "have you seen this?").waitFor();
  await other.bringToFront();
  await row.getByText("Read", { exact: true }).waitFor();
  const [{ id }] = await history(alice, room);
  await bob.do("PUT", `/api/messages/${id}/reactions/${encodeURIComponent("👍")}`);
  await row.getByRole("button", { name: "👍: 1 person" }).waitFor();

  await row.hover();
  await row.getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: "Details" }).click();
  const sheet = page.getByRole("dialog", { name: "Details" });
  await sheet.getByText(`@${bob.user.username}`).waitFor();
  // Once for the reaction, once for having read it.
  await sheet.getByRole("listitem").filter({ hasText: bob.user.nickname }).nth(1).waitFor();
  await assertAccessible(page);
  await page.keyboard.press("Escape");

  await row.focus();
  await page.keyboard.press("p");
  await said(other, "have you seen this?").getByText("Pinned").waitFor();
});

test("what is said while the server is away arrives once, and is shown all along", { timeout: 120_000 }, async (t) => {
  const { server, alice, bob, room } = await twoInARoom(t, { port: await freePort() });
  const browser = await launch(t);
  const page = await visit(t, browser, alice, room, { ...DESKTOP, expected: [UNREACHABLE] });
  await box(page).fill("before");
  await box(page).press("Enter");
  await said(page, "before").getByText("Sent", { exact: true }).waitFor();

  await server.kill();
  for (const text of ["during, one", "during, two"]) {
    await box(page).fill(text);
    await box(page).press("Enter");
  }
  const waiting = said(page, "during, two");
  await waiting.getByText("Sending …").waitFor();
  await server.start();
  await said(page, "during, two").getByText(/^(Sent|Delivered)$/).waitFor({ timeout: 30_000 });
  await page.reload();
  await said(page, "during, two").waitFor();
  const texts = (await history(bob, room)).map(({ content }) => content);
  assert.deepEqual(texts, ["before", "during, one", "during, two"]);
});
