// The box one writes in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, DESKTOP, launch, PHONE } from "../support/browser.js";
import { Person } from "../support/people.js";
import { serve } from "../support/server.js";
import { box, history, log, said, visit } from "../support/rooms.js";

async function inARoom(t, options) {
  const server = await serve(t);
  const [alice, bob] = await Promise.all([Person.register(server, "alice"), Person.register(server, "bob")]);
  const room = await alice.createRoom({ name: "Workshop" });
  await bob.join(room);
  const browser = await launch(t);
  return { alice, bob, room, browser, page: await visit(t, browser, alice, room, options) };
}

const value = (page) => box(page).inputValue();

test("emoji come from the picker, by name, and by completion", { timeout: 120_000 }, async (t) => {
  const { page, alice, room } = await inARoom(t);
  await page.getByRole("button", { name: "Emoji", exact: true }).click();
  const picker = page.getByRole("dialog", { name: "Emoji" });
  await picker.getByRole("tab", { name: "Food and drink" }).click();
  await picker.getByRole("button", { name: "pizza", exact: true }).waitFor();
  await assertAccessible(page);
  await picker.getByRole("searchbox").fill("火箭");
  await picker.getByRole("button", { name: "rocket", exact: true }).click();
  await picker.waitFor({ state: "detached" });
  assert.equal(await value(page), "🚀");

  await box(page).pressSequentially(" :tad");
  await page.getByRole("option", { name: /:tada:/ }).waitFor();
  await assertAccessible(page);
  await box(page).press("Tab");
  await box(page).pressSequentially(" :+1: at 10:30:");
  assert.equal(await value(page), "🚀 🎉 👍 at 10:30:");
  await box(page).press("Enter");
  await said(page, "🚀 🎉 👍 at 10:30:").getByText("Sent", { exact: true }).waitFor();
  assert.equal((await history(alice, room))[0].content, "🚀 🎉 👍 at 10:30:");

  // What was used last is offered first, on the next visit too.
  await page.reload();
  await page.getByRole("button", { name: "Emoji", exact: true }).click();
  await picker.getByRole("tab", { name: "Used last", selected: true }).waitFor();
  await picker.getByRole("button", { name: "rocket", exact: true }).waitFor();
});

test("people and everybody are mentioned by completion", { timeout: 120_000 }, async (t) => {
  const { page, bob, browser, room } = await inARoom(t);
  const other = await visit(t, browser, bob, room);
  await box(page).pressSequentially("hi @bo");
  await page.getByRole("option", { name: new RegExp(`@${bob.user.username}`) }).waitFor();
  await box(page).press("Enter");
  assert.equal(await value(page), `hi @${bob.user.username} `);
  await box(page).pressSequentially("and @al");
  await page.getByRole("option", { name: /@all/ }).waitFor();
  await box(page).press("ArrowUp");
  await page.getByRole("option", { name: /@all/, selected: true }).waitFor();
  await box(page).press("Enter");
  await box(page).press("Enter");
  await said(other, `hi @${bob.user.username} and @all`).waitFor();
});

test("a draft stays with its room; the last message is edited by an arrow", { timeout: 120_000 }, async (t) => {
  const { page, alice, room } = await inARoom(t);
  const elsewhere = await alice.createRoom({ name: "Elsewhere" });
  await box(page).fill("half a thought");
  await page.goto(`/app/rooms/${elsewhere.id}`);
  await page.getByRole("textbox", { name: "Message Elsewhere" }).waitFor();
  assert.equal(await value(page), "");
  await page.goto(`/app/rooms/${room.id}`);
  await page.getByRole("textbox", { name: "Message Workshop" }).waitFor();
  assert.equal(await value(page), "half a thought");
  await box(page).press("Enter");
  await said(page, "half a thought").getByText("Sent", { exact: true }).waitFor();

  await box(page).press("ArrowUp");
  const editor = page.getByRole("textbox", { name: "Edit message" });
  await editor.fill("a whole thought");
  await editor.press("Enter");
  await said(page, "a whole thought").getByText("(edited)").waitFor();
});

test("Markdown is shown, code in its colours, and nothing in it runs", { timeout: 120_000 }, async (t) => {
  const { page, bob, room } = await inARoom(t, { ...DESKTOP, permissions: ["clipboard-read", "clipboard-write"] });
  const evil = '<img src=x onerror="document.title=1"> [x](javascript:alert(1)) **bold**';
  await box(page).fill(evil);
  await box(page).press("Enter");
  await said(page, "<img src=x").locator("strong", { hasText: "bold" }).waitFor();
  assert.equal(await log(page).locator("img[src='x'], a[href^='javascript']").count(), 0);

  await bob.say(room, "```js\nconst answer = 42;\n```", { message_type: "markdown" });
  await log(page).locator("pre .keyword", { hasText: "const" }).waitFor();
  await assertAccessible(page);
  await said(page, "const answer").hover();
  await page.getByRole("button", { name: "Copy code" }).click();
  await page.getByRole("button", { name: "Copied." }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "const answer = 42;");

  await box(page).fill("stress this");
  await box(page).press("ControlOrMeta+a");
  await box(page).press("ControlOrMeta+b");
  assert.equal(await value(page), "**stress this**");
});

test("the box grows, counts, and refuses too much", { timeout: 120_000 }, async (t) => {
  const { page } = await inARoom(t);
  const height = () => box(page).evaluate((one) => one.clientHeight);
  const low = await height();
  await box(page).fill("one\ntwo\nthree\nfour");
  assert.ok((await height()) > low + 40);
  await box(page).fill("字".repeat(3_990));
  await page.getByText("10 characters left").waitFor();
  assert.equal(await page.getByRole("button", { name: "Send", exact: true }).isEnabled(), true);
  await box(page).fill("字".repeat(4_002));
  await page.getByText("2 characters too many").waitFor();
  assert.equal(await page.getByRole("button", { name: "Send", exact: true }).isEnabled(), false);
  await assertAccessible(page);
});

test("on a phone, Enter begins a line and a long press opens what there is to do", { timeout: 120_000 }, async (t) => {
  const { page, bob, room } = await inARoom(t, PHONE);
  await box(page).fill("one");
  await box(page).press("Enter");
  assert.equal(await value(page), "one\n");
  await page.getByRole("button", { name: "Send", exact: true }).tap();
  await bob.say(room, "press me");
  const row = said(page, "press me");
  await row.waitFor();
  const { x, y, height } = await row.boundingBox();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: x + 120, y: y + height - 12 }] });
  await page.getByRole("menuitem", { name: "Reply" }).waitFor();
  await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await assertAccessible(page);
  await page.getByRole("menuitem", { name: "Reply" }).tap();
  await page.getByText(`Reply to ${bob.user.nickname}`).waitFor();
});
