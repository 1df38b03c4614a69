// What one is told and shown while others talk: what is read out, days, fingers, and a room of 100,000 messages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, launch, open, PHONE } from "../support/browser.js";
import { fillLong } from "../support/long.js";
import { enter, say, settle, writing } from "../support/pages.js";
import { log, said } from "../support/rooms.js";
import { serve } from "../support/server.js";

async function inTheKitchen(t, options = DESKTOP) {
  const server = await serve(t);
  const [lin, tom] = [await settle(server, "lin"), await settle(server, "tom", "Tom")];
  const room = await lin.createRoom({ name: "Kitchen" });
  await tom.join(room);
  const page = await open(t, await launch(t), server, options);
  return { lin, tom, room, page, path: `/app/rooms/${room.id}` };
}

test("what others say is read out, what one says or scrolls to is not", { timeout: 60_000 }, async (t) => {
  const { lin, tom, room, page, path } = await inTheKitchen(t);
  await tom.say(room, "said before");
  await enter(page, lin, path);
  await said(page, "said before").waitFor();
  const region = page.locator("main [aria-live=polite]");
  const told = [];
  await page.exposeFunction("toldAloud", (text) => told.push(text));
  await region.evaluate((element) => new MutationObserver(() => toldAloud(element.textContent)).observe(element, { childList: true, characterData: true, subtree: true }));
  await say(page, "my own words");
  await said(page, "my own words").getByText("Sent", { exact: true }).waitFor();
  await tom.say(room, "the kettle boils");
  await region.getByText("Tom: the kettle boils").waitFor({ state: "attached" });
  await tom.say(room, "tea!");
  await region.getByText("Tom: tea!").waitFor({ state: "attached" });
  assert.deepEqual(told, ["Tom: the kettle boils", "Tom: tea!"]);
});

test("days stand between messages, and today and yesterday are called so", { timeout: 60_000 }, async (t) => {
  const { lin, tom, room, page, path } = await inTheKitchen(t);
  const texts = ["long ago", "the same day", "the day before", "just now"];
  for (const text of texts) await tom.say(room, text);
  // As if they had been said at other times: the client is told so by the server.
  const noon = new Date(new Date().setHours(12, 0, 0, 0));
  const before = (days, minutes = 0) => new Date(noon.getTime() - days * 86_400_000 + minutes * 60_000).toISOString();
  const times = { "long ago": "2019-03-05T11:00:00Z", "the same day": "2019-03-05T11:02:00Z", "the day before": before(1), "just now": before(0) };
  await page.route(/\/api\/rooms\/\d+\/messages/, async (route) => {
    const answer = await route.fetch();
    const history = await answer.json();
    for (const item of history.items) item.timestamp = times[item.content] ?? item.timestamp;
    await route.fulfill({ response: answer, json: history });
  });
  await enter(page, lin, path);
  await said(page, "just now").waitFor();
  const shown = await log(page).evaluate((list) => [...list.querySelectorAll(".line, article")].map((row) => row.matches(".line") ? `— ${row.textContent}` : row.querySelector("[dir=auto]").textContent));
  assert.deepEqual(shown.filter((row) => row !== "— New"), ["— Tuesday, March 5, 2019", "long ago", "the same day", "— Yesterday", "the day before", "— Today", "just now"]);
});

test("on a phone a message is drawn aside to be answered, and let go to be left", { timeout: 60_000 }, async (t) => {
  const { lin, tom, room, page, path } = await inTheKitchen(t, PHONE);
  await tom.say(room, "draw me aside");
  await enter(page, lin, path);
  const row = said(page, "draw me aside");
  const { x, y, width, height } = await row.boundingBox();
  const devtools = await page.context().newCDPSession(page);
  const draw = async (far) => {
    const at = (dx) => [{ x: x + width - 60 + dx, y: y + height - 12 }];
    await devtools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0) });
    for (let dx = -12; dx >= -far; dx -= 12) await devtools.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(dx) });
    await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  await draw(36);
  assert.equal(await page.getByText("Reply to Tom").count(), 0);
  assert.equal(await row.evaluate((one) => one.style.translate), "");
  await draw(96);
  await page.getByText("Reply to Tom").waitFor();
  await say(page, "an answer");
  await said(page, "an answer").getByRole("button", { name: /draw me aside/ }).waitFor();
  await writing(page).waitFor();
});

const HUNDRED_THOUSAND = 100_000;
/** The client keeps so many messages in the page at most. */
const MOST_ROWS = 160;
const MOST_NODES = 8_000;

test("a room of 100,000 messages leads anywhere, and stays small in the page", { timeout: 280_000 }, async (t) => {
  const server = await serve(t);
  const lin = await settle(server, "lin");
  const room = await lin.createRoom({ name: "Archive" });
  const last_seq = await fillLong(server, lin, room, HUNDRED_THOUSAND);
  const page = await open(t, await launch(t), server, DESKTOP);
  const path = `/app/rooms/${room.id}`;
  await enter(page, lin, path);
  const places = () => log(page).evaluate((list) => [...list.querySelectorAll("article")].map((row) => Number(row.dataset.seq)));
  const isUnbroken = (seqs) => assert.deepEqual(seqs, seqs.map((_, at) => seqs[0] + at));
  const isSmall = async () => {
    const [rows, nodes] = await page.evaluate(() => [document.querySelectorAll("article").length, document.querySelectorAll("*").length]);
    assert.ok(rows <= MOST_ROWS && nodes <= MOST_NODES, `${rows} messages, ${nodes} elements`);
  };
  await log(page).locator(`article[data-seq="${last_seq}"]`).waitFor();

  // Upwards by many windows: what one looks at does not move but by as much as one scrolls.
  for (let step = 0; step < 150; step++) {
    const moved = await log(page).evaluate(async (list) => {
      const middle = list.getBoundingClientRect().top + list.clientHeight / 2;
      const row = [...list.querySelectorAll("article")].find((one) => one.getBoundingClientRect().bottom > middle);
      const [before, from] = [row.getBoundingClientRect().top, list.scrollTop];
      list.scrollTop -= 600;
      const by = list.scrollTop - from;
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
      return row.isConnected ? Math.abs(row.getBoundingClientRect().top - before + by) : 0;
    });
    assert.ok(moved <= 2, `step ${step} moved what was in sight by ${moved} pixels more`);
  }
  isUnbroken(await places());
  assert.ok((await places()).at(-1) < last_seq - 500);
  await isSmall();

  // To the middle and near the beginning by their addresses, and back to the end.
  for (const seq of [Math.round(last_seq / 2), last_seq - HUNDRED_THOUSAND + 100]) {
    await page.goto(`${path}/messages/${seq}`);
    const row = log(page).locator(`article[data-seq="${seq}"]`);
    await row.waitFor();
    await row.evaluate((one) => {
      const [{ top, bottom }, list] = [one.getBoundingClientRect(), one.closest("[role=log]").getBoundingClientRect()];
      if (top < list.top || bottom > list.bottom) throw new Error("the message is not in sight");
    });
    isUnbroken(await places());
    await isSmall();
  }
  await page.getByRole("button", { name: /newest$/ }).click();
  await log(page).locator(`article[data-seq="${last_seq}"]`).waitFor();
  isUnbroken(await places());
  await isSmall();
});
