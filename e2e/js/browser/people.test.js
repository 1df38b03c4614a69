// People among themselves: friends, blocks, what they let others do and see.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, launch, open, PHONE, REFUSED } from "../support/browser.js";
import { enter, hears, inList, say, settle, writing } from "../support/pages.js";
import { serve } from "../support/server.js";

async function stage(t, ...names) {
  const server = await serve(t);
  const people = await Promise.all(names.map((name) => settle(server, name)));
  return { server, browser: await launch(t), people };
}

const toPeople = (page) => page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: /^People/ });
const section = (page, name) => page.getByRole("region", { name });

test("two people become friends, see each other, talk, and part", { timeout: 90_000 }, async (t) => {
  const { server, browser, people: [lin, tom] } = await stage(t, "lin", "tom");
  const hers = await open(t, browser, server, DESKTOP);
  const his = await open(t, browser, server, PHONE);
  await enter(hers, lin, "/app/people");
  await enter(his, tom);
  await hers.getByText("No friends yet.").waitFor();

  await hers.getByLabel("Search people").fill("tom");
  await hers.getByRole("button", { name: "Add friend: tom" }).click();
  await hers.getByRole("button", { name: "Take request back: tom" }).waitFor();
  // He hears of it at once: by a note, and by a number in the list.
  await his.getByText("lin would like to be friends.").waitFor();
  await his.getByText("1 person asks to be friends").waitFor({ state: "attached" });
  await toPeople(his).tap();
  await section(his, "Would like to be friends").getByRole("button", { name: "Accept: lin" }).tap();
  await section(his, "Friends").getByText("Online").waitFor();
  await hers.getByText("You and tom are friends now.").waitFor();
  await hers.getByLabel("Search people").fill("");
  await section(hers, "Friends").getByText("Online").waitFor();

  // A friend who goes is seen to go, and is written to all the same.
  await his.getByRole("button", { name: "Direct chat: lin" }).tap();
  await writing(his).waitFor();
  await say(his, "Tea?");
  await inList(hers, "tom").getByText("1 unread").waitFor({ state: "attached" });
  await his.close();
  await section(hers, "Friends").getByText(/^Last seen/).waitFor();
  await hers.getByRole("button", { name: "Direct chat: tom" }).click();
  await hears(hers, "Tea?");

  await hers.getByRole("button", { name: "About tom" }).first().click();
  const card = hers.getByRole("dialog", { name: "tom", exact: true });
  await card.getByText(/^Your friend since/).waitFor();
  await card.getByRole("button", { name: "Remove friend: tom" }).click();
  await hers.getByRole("dialog").getByRole("button", { name: "Remove friend", exact: true }).click();
  await card.getByRole("button", { name: "Add friend: tom" }).waitFor();
  assert.deepEqual((await tom.do("GET", "/api/friends")).items, []);
});

test("a request can be declined, and taken back", { timeout: 90_000 }, async (t) => {
  const { server, browser, people: [lin, tom, eve] } = await stage(t, "lin", "tom", "eve");
  await tom.do("POST", "/api/friends/requests", { user_id: lin.id });
  const page = await open(t, browser, server, DESKTOP);
  await enter(page, lin, "/app/people");
  await page.getByRole("button", { name: "Decline: tom" }).click();
  await section(page, "Would like to be friends").waitFor({ state: "detached" });
  await lin.do("POST", "/api/friends/requests", { user_id: eve.id });
  await section(page, "You have asked").getByRole("button", { name: "Take request back: eve" }).click();
  await section(page, "You have asked").waitFor({ state: "detached" });
  for (const person of [tom, eve]) assert.deepEqual((await person.do("GET", "/api/friends/requests")).items, []);
});

test("who is blocked is out of sight, in rooms too, until unblocked", { timeout: 90_000 }, async (t) => {
  const { server, browser, people: [lin, tom, eve] } = await stage(t, "lin", "tom", "eve");
  const room = await lin.createRoom({ name: "Kitchen" });
  for (const person of [tom, eve]) await person.join(room);
  const cellar = await lin.createRoom({ name: "Cellar" });
  await tom.join(cellar);
  await tom.say(room, "Hello from tom");
  await eve.say(room, "Did @tom say that?");
  const page = await open(t, browser, server, { ...DESKTOP, expected: [REFUSED] });
  const his = await open(t, browser, server, { ...PHONE, expected: [REFUSED] });
  await enter(his, tom);
  await enter(page, lin, `/app/rooms/${room.id}`);
  await hears(page, "Hello from tom");

  // The card opens from a mention, and from a name.
  await page.getByRole("log").getByRole("button", { name: "@tom" }).click();
  const card = page.getByRole("dialog", { name: "tom", exact: true });
  await card.waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("log").getByRole("button", { name: "eve", exact: true }).click();
  await page.getByRole("dialog", { name: "eve", exact: true }).waitFor();
  await page.keyboard.press("Escape");
  // And by a key at the message.
  await page.getByRole("article").filter({ hasText: "Hello from tom" }).focus();
  await page.keyboard.press("u");
  await card.getByRole("button", { name: "Actions for tom" }).click();
  await page.getByRole("menuitem", { name: "Block", exact: true }).click();
  await page.getByRole("dialog", { name: "Block tom?" }).getByRole("button", { name: "Block", exact: true }).click();
  await card.getByText("You have blocked them").waitFor();
  await page.keyboard.press("Escape");

  const hidden = page.getByRole("article").filter({ hasText: "Message of somebody you have blocked" });
  await hidden.waitFor();
  assert.equal(await page.getByRole("log").getByText("Hello from tom").count(), 0);
  await hidden.getByRole("button", { name: "Show" }).click();
  await hears(page, "Hello from tom");

  // What they go on saying does not count.
  await tom.say(cellar, "Are you there?");
  await eve.say(room, "A last word");
  await hears(page, "A last word");
  assert.equal(await inList(page, "Cellar").getByText(/unread/).count(), 0);

  // They cannot write to one, and are told no more than that.
  await toPeople(his).tap();
  await his.getByLabel("Search people").fill("lin");
  await his.getByRole("button", { name: "Direct chat: lin" }).tap();
  await his.getByText("One of you has blocked the other.").waitFor();

  // It outlives the page, and is undone from the list.
  await page.reload();
  await hears(page, "A last word");
  assert.equal(await page.getByRole("log").getByText("Hello from tom").count(), 0);
  await toPeople(page).click();
  await section(page, "Blocked").getByRole("button", { name: "Unblock: tom" }).click();
  await section(page, "Blocked").waitFor({ state: "detached" });
  await inList(page, "Kitchen").getByRole("link").click();
  await hears(page, "Hello from tom");
});

test("one decides who may write, who sees one, and who sees how far one has read", { timeout: 90_000 }, async (t) => {
  const { server, browser, people: [lin, tom] } = await stage(t, "lin", "tom");
  const room = await lin.createRoom({ name: "Kitchen" });
  await tom.join(room);
  const hers = await open(t, browser, server, DESKTOP);
  const his = await open(t, browser, server, { ...DESKTOP, expected: [REFUSED] });
  await enter(hers, lin, "/app/account");
  await enter(his, tom, `/app/rooms/${room.id}/members`);
  const row = his.getByRole("complementary", { name: "Members" }).getByRole("listitem").filter({ hasText: "@lin" });
  await row.getByText("Online").waitFor({ state: "attached" });

  const privacy = section(hers, "Privacy");
  await privacy.getByLabel("Who sees whether you are here").selectOption({ label: "Friends" });
  await row.getByText("Offline").waitFor({ state: "attached" });
  await privacy.getByLabel("Who may begin a private chat with you").selectOption({ label: "Nobody" });
  await hers.getByText("Saved.").first().waitFor();
  await privacy.getByLabel("Others see how far you have read").uncheck();
  await hers.waitForFunction(async () => !(await (await fetch("/api/auth/privacy")).json()).read_receipts);

  await row.getByRole("button", { name: "Actions for lin" }).click();
  await his.getByRole("menuitem", { name: "Direct chat" }).click();
  await his.getByText("Their privacy settings do not allow it.").waitFor();
  const said = await tom.say(room, "Read this");
  await lin.do("PUT", `/api/rooms/${room.id}/read`, { seq: (said.message ?? said).seq });
  const { items } = await tom.do("GET", `/api/messages/${(said.message ?? said).id}/receipts`);
  assert.deepEqual(items, []);

  await hers.reload();
  assert.equal(await privacy.getByLabel("Who may begin a private chat with you").inputValue(), "nobody");
  assert.equal(await privacy.getByLabel("Others see how far you have read").isChecked(), false);
});

test("a guest is told that friends need an account", { timeout: 60_000 }, async (t) => {
  const { server, browser } = await stage(t);
  const page = await open(t, browser, server, DESKTOP);
  await page.goto("/");
  await page.getByRole("button", { name: "Look around as a guest" }).click();
  await toPeople(page).click();
  await page.getByText("Friends and private chats need an account.").waitFor();
  await page.getByRole("button", { name: "Create account" }).waitFor();
});
