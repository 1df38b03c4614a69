// Communities: founded, found, joined by their rules or by invitation, with rooms, announcements and moderation.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, launch, open, PHONE, REFUSED } from "../support/browser.js";
import { enter, fillSignUp, hears, inList, say, settle, writing } from "../support/pages.js";
import { serve } from "../support/server.js";

async function stage(t, ...names) {
  const server = await serve(t);
  const people = await Promise.all(names.map((name) => settle(server, name)));
  return { server, browser: await launch(t), people };
}

const rooms = (page) => page.getByRole("navigation", { name: "Rooms" });

test("a community from its founding to its end", { timeout: 120_000 }, async (t) => {
  const { server, browser, people: [lin, tom] } = await stage(t, "lin", "tom");
  const hers = await open(t, browser, server, DESKTOP);
  const his = await open(t, browser, server, { ...PHONE, expected: [REFUSED] });
  await enter(hers, lin);
  await enter(his, tom);
  await rooms(hers).getByRole("link", { name: "Communities" }).click();
  await hers.getByText("There is no community yet").waitFor();
  await hers.getByRole("button", { name: "New community" }).click();
  await hers.getByLabel("Name", { exact: true }).fill("Library");
  await hers.getByLabel("What it is about").fill("Books and quiet");
  await hers.getByLabel("Rules").fill("Be kind.\nNo food.");
  await hers.getByRole("button", { name: "Found community" }).click();
  await hers.getByRole("heading", { name: "Library", level: 1 }).waitFor();

  // A room of its own.
  await hers.getByRole("button", { name: "New room", exact: true }).click();
  await hers.getByText("The room will belong to “Library”").waitFor();
  await hers.getByLabel("Name", { exact: true }).fill("Poetry");
  await hers.getByRole("button", { name: "Create room" }).click();
  await writing(hers).waitFor();
  await rooms(hers).getByRole("region", { name: "Library" }).getByRole("link", { name: "Poetry" }).waitFor();

  // Somebody finds it, and joins by accepting its rules.
  await rooms(his).getByRole("link", { name: "Communities" }).tap();
  await his.getByLabel("Search communities").fill("libr");
  await his.getByRole("link", { name: /Library/ }).tap();
  await his.getByText("No food.").waitFor();
  await his.getByRole("button", { name: "Join the community" }).tap();
  assert.equal((await tom.call("GET", "/api/communities?scope=joined")).body.items.length, 0, "not without accepting");
  await his.getByLabel("I accept these rules").check();
  await his.getByRole("button", { name: "Join the community" }).tap();
  await his.getByRole("button", { name: "Join: Poetry" }).tap();
  await say(his, "An ode");
  await hears(hers, "An ode");

  // What its admins announce reaches everybody; nobody else may.
  await rooms(hers).getByRole("region", { name: "Library" }).getByRole("link", { name: "Announcements" }).click();
  await say(hers, "Open on Sunday");
  await his.getByRole("link", { name: "Back" }).tap();
  await rooms(his).getByRole("link", { name: /^Announcements/ }).tap();
  await hears(his, "Open on Sunday");
  await his.getByText("Only admins of the community announce here.").waitFor();
  assert.equal(await writing(his).count(), 0);

  // An admin may, from the moment that they are one.
  await hers.getByRole("link", { name: "Members" }).click();
  const act = async (action) => {
    await hers.getByRole("button", { name: "Actions for tom" }).click();
    await hers.getByRole("menuitem", { name: action, exact: true }).click();
  };
  await act("Make admin");
  await say(his, "And on Monday");
  await hears(hers, "And on Monday");
  await act("Make member");
  await writing(his).waitFor({ state: "detached" });

  // Sent out of the community is sent out of its rooms, with one note.
  await act("Send out");
  await hers.getByRole("dialog").getByText("Send tom out of the community and all its rooms?").waitFor();
  await hers.getByRole("dialog").getByRole("button", { name: "Send out" }).click();
  await his.getByText("You were sent out of “Library”.").waitFor();
  await inList(his, "Poetry").waitFor({ state: "detached" });
  assert.equal(await his.getByText(/You were sent out of/).count(), 1);

  await hers.getByRole("link", { name: "Room settings" }).click();
  await hers.getByRole("button", { name: "Dissolve community" }).click();
  await hers.getByRole("dialog").getByRole("button", { name: "Dissolve community" }).click();
  await rooms(hers).getByRole("region", { name: "Library" }).waitFor({ state: "detached" });
  await his.goto("/app/communities");
  await his.getByText("There is no community yet").waitFor();
});

test("an invitation leads into a private community by way of signing up", { timeout: 90_000 }, async (t) => {
  const { server, browser, people: [lin, tom] } = await stage(t, "lin", "tom");
  const body = { name: "Board", is_private: true, rules: "What is said here stays here." };
  const community = await lin.do("POST", "/api/communities", body);
  const owner = await open(t, browser, server, { ...DESKTOP, permissions: ["clipboard-read", "clipboard-write"] });
  await enter(owner, lin, `/app/communities/${community.id}`);
  await owner.getByRole("button", { name: "Invite" }).click();
  const sheet = owner.getByRole("dialog", { name: "Invite to “Board”" });
  await sheet.getByLabel("Ends in").selectOption({ label: "a day" });
  await sheet.getByLabel("Lets in").selectOption({ label: "1 person" });
  await sheet.getByRole("button", { name: "Make a link" }).click();
  await sheet.getByText("Used 0 of 1 times").waitFor();
  await sheet.getByRole("button", { name: "Copy link" }).click();
  await owner.getByText("Copied.").waitFor();
  const link = await owner.evaluate(() => navigator.clipboard.readText());

  const newcomer = await open(t, browser, server, { ...PHONE, expected: [REFUSED] });
  await newcomer.goto(link);
  await newcomer.getByText("You were invited. Sign in or create an account").waitFor();
  assert.equal(await newcomer.getByRole("button", { name: "Look around as a guest" }).count(), 0);
  await newcomer.getByRole("link", { name: "Create account" }).tap();
  await fillSignUp(newcomer, "ida");
  await newcomer.getByRole("button", { name: "Create account" }).tap();
  await newcomer.getByText("What is said here stays here.").waitFor();
  await newcomer.getByLabel("I accept these rules").check();
  await newcomer.getByRole("button", { name: "Join the community" }).tap();
  await newcomer.getByRole("link", { name: "Announcements" }).waitFor();

  // It let in as many as it was for; one that was taken back lets in nobody.
  const late = await open(t, browser, server, { ...DESKTOP, expected: [REFUSED] });
  await enter(late, tom, new URL(link).pathname);
  await late.getByText("This invitation has ended, or was taken back.").waitFor();
  const { code } = await lin.do("POST", `/api/rooms/${community.id}/invitations`, {});
  await late.goto(`/app/invite/${code}`);
  await late.getByRole("button", { name: "Join the community" }).waitFor();
  await owner.reload();
  await owner.getByRole("button", { name: "Invite" }).click();
  await sheet.getByRole("button", { name: /^Take back/ }).first().click();
  await owner.getByText("The link no longer works.").waitFor();
  await late.reload();
  await late.getByText("This invitation has ended, or was taken back.").waitFor();
  await late.goto(`/app/communities/${community.id}`);
  await late.getByText("This community does not exist").waitFor();
  // Who is in already is led inside.
  await newcomer.goto(link);
  await newcomer.getByText("This invitation has ended").or(newcomer.getByRole("link", { name: "Announcements" })).waitFor();
});

test("a community’s admin keeps order in its rooms, without reading in them", { timeout: 90_000 }, async (t) => {
  const { server, browser, people: [lin, tom, eve] } = await stage(t, "lin", "tom", "eve");
  const community = await lin.do("POST", "/api/communities", { name: "Club" });
  for (const person of [tom, eve]) await person.do("POST", `/api/communities/${community.id}/join`, {});
  await lin.do("POST", `/api/communities/${community.id}/members/${tom.id}/role`, { role: "admin" });
  const bar = await tom.do("POST", "/api/rooms", { name: "Bar", community_id: community.id });
  for (const person of [lin, eve]) await person.join(bar);
  await eve.say(bar, "Cheers");
  const page = await open(t, browser, server, DESKTOP);
  const hers = await open(t, browser, server, { ...PHONE, expected: [REFUSED] });
  await enter(hers, eve, `/app/rooms/${bar.id}`);
  await writing(hers).waitFor();
  // In the room lin is a member like others; of the community she is the owner.
  await enter(page, lin, `/app/rooms/${bar.id}`);
  await page.getByRole("log").getByRole("button", { name: "eve", exact: true }).click();
  const card = page.getByRole("dialog", { name: "eve", exact: true });
  await card.getByRole("button", { name: "Actions for eve" }).click();
  await page.getByRole("menuitem", { name: "Mute" }).click();
  await page.getByRole("dialog", { name: "Mute eve?" }).getByRole("button", { name: "Mute", exact: true }).click();
  await hers.getByText(/^You are muted until/).waitFor();
  await card.getByRole("button", { name: "Actions for eve" }).click();
  await page.getByRole("menuitem", { name: "Ban" }).click();
  await page.getByRole("dialog", { name: /^Ban eve/ }).getByRole("button", { name: "Ban" }).click();
  await hers.getByText("You were banned from “Bar”.").waitFor();
});
