// Rooms and the people in them: the list and its order, invitations, moderation, profiles.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, launch, open, openTab, PHONE, REFUSED } from "../support/browser.js";
import { enter, fillSignUp, hears, inList, say, settle, signIn, writing } from "../support/pages.js";
import { serve } from "../support/server.js";

async function stage(t) {
  const server = await serve(t);
  return { server, browser: await launch(t) };
}

test("the list counts what is new, and keeps the order one gave it", { timeout: 90_000 }, async (t) => {
  const { server, browser } = await stage(t);
  const [lin, tom] = [await settle(server, "lin"), await settle(server, "tom")];
  const [attic, cellar] = [await lin.createRoom({ name: "Attic" }), await lin.createRoom({ name: "Cellar" })];
  for (const room of [attic, cellar]) await tom.join(room);
  const page = await open(t, browser, server, DESKTOP);
  await enter(page, lin);

  await tom.say(attic, "one");
  await tom.say(attic, "two for @lin");
  await inList(page, "Attic").getByText("2 unread, 1 mention").waitFor({ state: "attached" });
  await tom.say(cellar, "three");
  await inList(page, "Cellar").getByText("1 unread").waitFor({ state: "attached" });
  await page.waitForFunction(() => document.title.startsWith("(3)"));

  const menu = async (room, item) => {
    await inList(page, room).hover();
    await inList(page, room).getByRole("button", { name: `Actions for ${room}` }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await menu("Cellar", "Do not count messages");
  await page.waitForFunction(() => document.title.startsWith("(2)"));
  await tom.say(cellar, "for @lin");
  await page.waitForFunction(() => document.title.startsWith("(3)"));
  await menu("Cellar", "Mark as read");
  await page.waitForFunction(() => document.title.startsWith("(2)"));

  await menu("Cellar", /^Favourite/);
  await page.getByRole("region", { name: "Favourites" }).getByRole("link", { name: "Cellar" }).waitFor();
  await menu("Attic", "Put into a folder");
  await page.getByRole("dialog").getByLabel("Folder").fill("House");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("region", { name: "House" }).getByRole("link", { name: "Attic" }).waitFor();

  // It outlives the page, and another tab follows.
  await page.reload();
  await page.getByRole("region", { name: "House" }).getByRole("link", { name: "Attic" }).waitFor();
  const tab = await openTab(t, page);
  await tab.goto("/app");
  await tab.getByRole("region", { name: "Favourites" }).getByRole("link", { name: "Cellar" }).waitFor();
  await menu("Cellar", "No longer a favourite");
  await tab.getByRole("region", { name: "Favourites" }).waitFor({ state: "detached" });

  // So does another device, and what it changes comes back.
  const phone = await open(t, browser, server, PHONE);
  await enter(phone, lin);
  await phone.getByRole("region", { name: "House" }).getByRole("link", { name: "Attic" }).waitFor();
  await menu("Cellar", "Put into a folder");
  await page.getByRole("dialog").getByLabel("Folder").fill("House");
  await page.getByRole("button", { name: "Save" }).click();
  await phone.getByRole("region", { name: "House" }).getByRole("link", { name: "Cellar" }).waitFor();
  await lin.do("PUT", `/api/rooms/${attic.id}/shelf`, { folder: null });
  for (const device of [page, phone, tab]) {
    await device.getByRole("region", { name: "House" }).getByRole("link", { name: "Attic" }).waitFor({ state: "detached" });
  }

  await page.getByRole("searchbox", { name: "Filter rooms" }).fill("att");
  await inList(page, "Cellar").waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Attic" }).waitFor();
});

test("an invitation to a private room leads there by way of signing up", { timeout: 90_000 }, async (t) => {
  const { server, browser } = await stage(t);
  const lin = await settle(server, "lin");
  const board = await lin.createRoom({ name: "Board", is_private: true, access_key: "open sesame" });
  const owner = await open(t, browser, server, DESKTOP);
  await enter(owner, lin, `/app/rooms/${board.id}`);
  await owner.getByRole("button", { name: "Invite" }).click();
  await owner.getByRole("button", { name: "Copy link", disabled: false }).waitFor();
  const link = await owner.getByRole("textbox", { name: "Link" }).inputValue();
  await owner.keyboard.press("Escape");

  const tom = await open(t, browser, server, PHONE);
  await tom.goto(link);
  assert.equal(new URL(tom.url()).hash, "", "the key stays in no history");
  await tom.getByText("You were invited to a private room").waitFor();
  await tom.getByRole("link", { name: "Create account" }).tap();
  await fillSignUp(tom, "tom");
  await tom.getByRole("button", { name: "Create account" }).tap();
  await tom.getByRole("button", { name: "Join the room" }).tap();
  await say(tom, "Here I am");
  await hears(owner, "Here I am");

  // A wrong key is said to be wrong; the screen then asks for another.
  const eve = await open(t, browser, server, { ...DESKTOP, expected: [REFUSED] });
  await enter(eve, await settle(server, "eve"), "/app/join#nonsense");
  await eve.getByRole("button", { name: "Join the room" }).click();
  await eve.getByRole("alert").waitFor();
  await eve.goto("/app/join");
  await eve.getByLabel("Access key").fill("open sesame");
  await eve.getByRole("button", { name: "Join" }).click();
  await eve.getByRole("heading", { name: "Board" }).waitFor();
});

test("an owner keeps order: mute, admin, send out, ban, let in, hand over", { timeout: 90_000 }, async (t) => {
  const { server, browser } = await stage(t);
  const [lin, tom, eve] = await Promise.all(["lin", "tom", "eve"].map((name) => settle(server, name)));
  const room = await lin.createRoom({ name: "Kitchen" });
  for (const person of [tom, eve]) await person.join(room);
  const owner = await open(t, browser, server, DESKTOP);
  const member = await open(t, browser, server, { ...PHONE, expected: [REFUSED] });
  await enter(owner, lin, `/app/rooms/${room.id}/members`);
  await enter(member, tom, `/app/rooms/${room.id}`);
  await writing(member).waitFor();

  const row = (name) => owner.getByRole("complementary", { name: "Members" }).getByRole("listitem").filter({ hasText: `@${name}` });
  const act = async (name, action) => {
    await owner.getByRole("button", { name: `Actions for ${name}` }).click();
    await owner.getByRole("menuitem", { name: action, exact: true }).click();
  };
  const agree = (name) => owner.getByRole("dialog").getByRole("button", { name, exact: true }).click();

  await act("tom", "Mute");
  await owner.getByLabel("For how long").selectOption({ label: "10 minutes" });
  await agree("Mute");
  await member.getByText(/^You are muted until/).waitFor();
  await act("tom", "Unmute");
  await writing(member).waitFor();

  await act("eve", "Make admin");
  await row("eve").getByText("Admin").waitFor();
  await act("eve", "Make member");

  await act("tom", "Send out");
  await agree("Send out");
  await member.getByText("You were sent out of “Kitchen”.").waitFor();
  await row("tom").waitFor({ state: "detached" });
  // The room is public: the way back is where the room was.
  await member.goto(`/app/rooms/${room.id}`);
  await member.getByRole("button", { name: "Join: Kitchen" }).tap();
  await writing(member).waitFor();

  await act("tom", "Ban");
  await agree("Ban");
  await member.getByText("You were banned from “Kitchen”.").waitFor();
  await owner.getByRole("button", { name: "Let in again: tom" }).click();
  await owner.getByRole("heading", { name: "Banned" }).waitFor({ state: "detached" });

  await act("eve", "Hand the room over");
  await agree("Hand the room over");
  await row("eve").getByText("Owner").waitFor();
  assert.equal(await owner.getByRole("button", { name: "Actions for eve" }).count(), 1);
});

test("a card says who somebody is and leads to a direct chat", { timeout: 60_000 }, async (t) => {
  const { server, browser } = await stage(t);
  const [lin, tom] = [await settle(server, "lin"), await settle(server, "tom")];
  await tom.do("PUT", "/api/auth/profile", { bio: "Grows beans." });
  const page = await open(t, browser, server, DESKTOP);
  const other = await open(t, browser, server, PHONE);
  await enter(page, lin, "/app/people");
  await enter(other, tom);
  await page.getByLabel("Search people").fill("tom");
  await page.getByRole("button", { name: "tom", exact: true }).click();
  const card = page.getByRole("dialog", { name: "tom" });
  await card.getByText("Grows beans.").waitFor();
  await card.getByText("Online").waitFor();
  await card.getByRole("button", { name: "Direct chat" }).click();
  await say(page, "Any left?");
  await inList(other, "lin").getByText("1 unread").waitFor({ state: "attached" });
  await inList(other, "lin").getByRole("link").tap();
  await hears(other, "Any left?");
});

test("one’s account: profile, language, sign-ins, other devices, leaving", { timeout: 90_000 }, async (t) => {
  const { server, browser } = await stage(t);
  const lin = await settle(server, "lin");
  const page = await open(t, browser, server, DESKTOP);
  const elsewhere = await open(t, browser, server, { ...PHONE, expected: [REFUSED] });
  await enter(elsewhere, lin);
  await enter(page, lin, "/app/account");
  await page.getByLabel("Name to show").fill("Lin Xiaoyu");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("navigation", { name: "Rooms" }).getByText("Lin Xiaoyu").waitFor();
  await page.getByRole("region", { name: "Sign-ins" }).getByText("Signed in").first().waitFor();

  await page.getByLabel("Colours").selectOption("dark");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.getByLabel("Language").selectOption("zh-CN");
  await page.getByRole("heading", { name: "登录记录" }).waitFor();
  await page.getByLabel("语言").selectOption("en");
  await page.getByRole("heading", { name: "Sign-ins" }).waitFor();

  // The account was made over the API, so two other sessions are open.
  await page.getByRole("button", { name: "Sign out all other devices" }).click();
  await elsewhere.getByText("Your session has ended. Sign in again.").waitFor();
  await page.getByRole("button", { name: "Sign out all other devices" }).waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Delete account" }).click();
  await page.getByLabel("Type lin to confirm").fill("lin");
  await page.getByRole("dialog").getByRole("button", { name: "Delete account" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("a guest becomes somebody with an account, and stays who they are", { timeout: 90_000 }, async (t) => {
  const { server, browser } = await stage(t);
  const lin = await settle(server, "lin");
  const { items: rooms } = await lin.do("GET", "/api/rooms?scope=joined");
  const room = rooms.find(({ name }) => name === "大厅");
  const other = await open(t, browser, server, PHONE);
  await enter(other, lin, `/app/rooms/${room.id}`);
  const page = await open(t, browser, server, DESKTOP);
  await page.goto("/");
  await page.getByLabel("Name to show").fill("Passer-by");
  await page.getByRole("button", { name: "Look around as a guest" }).click();
  await page.getByRole("navigation", { name: "Rooms" }).getByText("Guest", { exact: true }).waitFor();
  await inList(page, "大厅").getByRole("link").click();
  await say(page, "Only looking");
  await hears(other, "Only looking");
  await other.getByRole("log").getByText("Passer-by").first().waitFor();

  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Account" }).click();
  await fillSignUp(page, "stays");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation", { name: "Rooms" }).getByText("@stays").waitFor();
  // The work goes on where it was, without signing in again; the account's own settings are there now.
  await page.getByRole("heading", { name: "Change password" }).waitFor();
  await inList(page, "大厅").getByRole("link").click();
  await hears(page, "Only looking");
  await say(page, "Still me");
  await hears(other, "Still me");
  await other.goto(`/app/rooms/${room.id}/members`);
  await other.getByRole("complementary", { name: "Members" }).getByText("@stays").waitFor();
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await signIn(page, "stays");
});
