// The administrators’ desk.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, launch, open, PHONE, REFUSED } from "../support/browser.js";
import { enter, settle, settleAdmin, signIn } from "../support/pages.js";
import { serve } from "../support/server.js";

const desk = (page) => page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Administration" });

test("an administrator finds people, closes accounts and opens them again", { timeout: 90_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const ada = await settleAdmin(server);
  const [tom, eve] = [await settle(server, "tom"), await settle(server, "eve")];
  const page = await open(t, browser, server, { ...DESKTOP, expected: [REFUSED] });
  const his = await open(t, browser, server, { ...PHONE, expected: [REFUSED] });
  await enter(page, ada);
  await enter(his, tom);
  assert.equal(await desk(his).count(), 0);

  await desk(page).click();
  const sections = page.getByRole("navigation", { name: "Administration" });
  await sections.getByRole("link", { name: "People" }).click();
  await page.getByRole("main").getByRole("link", { name: /@eve/ }).waitFor();
  await page.getByLabel("Search by name").fill("tom");
  await page.getByRole("main").getByRole("link", { name: /@eve/ }).waitFor({ state: "detached" });
  await page.getByRole("main").getByRole("link", { name: /@tom/ }).click();
  await page.getByText("tom@example.org").waitFor();
  await page.getByRole("region", { name: "Sign-ins" }).getByText("Signed in").first().waitFor();

  const agree = async (name) => {
    await page.getByRole("button", { name, exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
  };
  await agree("Sign out everywhere");
  await his.getByText("Your session has ended. Sign in again.").waitFor();
  await signIn(his, "tom");
  await agree("Deactivate");
  await his.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByText("Deactivated", { exact: true }).waitFor();
  await his.getByLabel("User name or e-mail").fill("tom");
  await his.getByLabel("Password").fill("correct horse battery");
  await his.getByRole("button", { name: "Sign in" }).tap();
  await his.getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Let in again" }).click();
  await page.getByText("Deactivated", { exact: true }).waitFor({ state: "detached" });
  await his.getByRole("button", { name: "Sign in" }).tap();
  await his.getByRole("navigation", { name: "Rooms" }).waitFor();

  // Rights are given and taken; somebody always runs the server.
  await agree("Make administrator");
  await page.getByRole("button", { name: "Take rights away" }).waitFor();
  await his.reload();
  await desk(his).waitFor();
  await agree("Take rights away");
  await page.getByRole("button", { name: "Make administrator" }).waitFor();
  await page.goto(`/app/admin/users/${ada.id}`);
  await agree("Take rights away");
  await page.getByText("The last administrator has to stay.").waitFor();

  await page.goto("/app/admin/users");
  await page.getByLabel("Rights").selectOption({ label: "Administrator" });
  await page.getByRole("main").getByRole("link", { name: /@tom/ }).waitFor({ state: "detached" });
  await page.getByRole("main").getByRole("link", { name: /@ada/ }).waitFor();
  await sections.getByRole("link", { name: "Sign-ins" }).click();
  await page.getByText("Refused").first().waitFor();

  // The desk is for administrators alone.
  const other = await open(t, browser, server, DESKTOP);
  await enter(other, eve, "/app/admin");
  await other.getByText("Only administrators of this server have a desk here.").waitFor();
});

test("what is announced reaches everybody at once, and whoever comes later, until dismissed", { timeout: 90_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const ada = await settleAdmin(server);
  const tom = await settle(server, "tom");
  const page = await open(t, browser, server, DESKTOP);
  const his = await open(t, browser, server, PHONE);
  await enter(his, tom);
  await enter(page, ada, "/app/admin/announcements");
  await page.getByText("Nothing was announced yet.").waitFor();
  await page.getByLabel("Title").fill("Maintenance on Sunday");
  await page.getByLabel("Text").fill("Down **from 8 to 9**.");
  await page.getByRole("button", { name: "Announce", exact: true }).click();
  await page.getByText("Announced to everybody.").waitFor();

  await his.getByText("Maintenance on Sunday").waitFor();
  await his.getByRole("button", { name: "Read" }).tap();
  const sheet = his.getByRole("dialog", { name: "Maintenance on Sunday" });
  assert.equal(await sheet.locator("strong").innerText(), "from 8 to 9");
  // On another device it is there too, and goes with the first.
  const tab = await open(t, browser, server, DESKTOP);
  await enter(tab, tom);
  await tab.getByText("Maintenance on Sunday").waitFor();
  await sheet.getByRole("button", { name: "Dismiss" }).tap();
  for (const one of [his, tab]) await one.getByText("Maintenance on Sunday").waitFor({ state: "detached" });
  await his.reload();
  await his.getByRole("navigation", { name: "Rooms" }).waitFor();
  await page.reload();
  await page.getByText("dismissed by 1 person").waitFor();
  assert.equal(await his.getByText("Maintenance on Sunday").count(), 0);

  // What is withdrawn is gone from every screen.
  await tom.call("GET", "/api/announcements");
  const eve = await settle(server, "eve");
  const hers = await open(t, browser, server, DESKTOP);
  await enter(hers, eve);
  await hers.getByText("Maintenance on Sunday").waitFor();
  await page.getByRole("button", { name: "Withdraw: Maintenance on Sunday" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Withdraw", exact: true }).click();
  await hers.getByText("Maintenance on Sunday").waitFor({ state: "detached" });
});

test("the desk shows rooms from outside, keeps order in them, and what was done is in the audit log", { timeout: 90_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const ada = await settleAdmin(server);
  const [tom, eve] = [await settle(server, "tom"), await settle(server, "eve")];
  const cellar = await tom.createRoom({ name: "Cellar", is_private: true, access_key: "open sesame" });
  await eve.join(cellar, "open sesame");
  await tom.say(cellar, "a secret");
  await tom.do("POST", "/api/communities", { name: "Club" });
  const page = await open(t, browser, server, DESKTOP);
  const hers = await open(t, browser, server, { ...PHONE, expected: [REFUSED] });
  await enter(hers, eve, `/app/rooms/${cellar.id}`);
  await enter(page, ada, "/app/admin/rooms");
  await page.getByLabel("Search by name").fill("cell");
  await page.getByRole("main").getByRole("link", { name: /Cellar/ }).click();
  await page.getByRole("heading", { name: "Cellar" }).waitFor();
  await page.getByRole("button", { name: "Actions for eve" }).click();
  await page.getByRole("menuitem", { name: "Send out" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Send out" }).click();
  await hers.getByText("You were sent out of “Cellar”.").waitFor();
  await page.getByRole("button", { name: "Actions for eve" }).waitFor({ state: "detached" });
  assert.equal(await page.getByText("a secret").count(), 0);
  await page.getByRole("button", { name: "Delete room" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete room" }).click();
  await page.getByText("Deleted.").waitFor();

  await page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: "Communities" }).click();
  await page.getByRole("main").getByRole("link", { name: /Club/ }).waitFor();
  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByText("name: Cellar").waitFor();
  await page.getByLabel("What was done").selectOption({ label: "Sent out" });
  await page.getByText("name: Cellar").waitFor({ state: "detached" });
  await page.getByRole("link", { name: "eve (@eve)" }).waitFor();
});

test("who forgot the password chooses another by a link from the desk", { timeout: 90_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const ada = await settleAdmin(server);
  const tom = await settle(server, "tom");
  const page = await open(t, browser, server, DESKTOP);
  await enter(page, ada, `/app/admin/users/${tom.id}`);
  await page.getByRole("button", { name: "Offer a new password" }).click();
  const link = await page.getByRole("dialog").getByRole("textbox", { name: "Link" }).inputValue();

  const his = await open(t, browser, server, { ...PHONE, expected: [REFUSED] });
  await his.goto(link);
  await his.getByLabel("New password").waitFor();
  assert.equal(new URL(his.url()).hash, "", "the code stays in no history");
  await his.getByLabel("New password").fill("another horse battery");
  await his.getByRole("button", { name: "Use this password" }).tap();
  await his.getByText("Your password was changed. Sign in with it.").waitFor();
  await his.getByLabel("User name or e-mail").fill("tom");
  await his.getByLabel("Password").fill("another horse battery");
  await his.getByRole("button", { name: "Sign in" }).tap();
  await his.getByRole("navigation", { name: "Rooms" }).waitFor();

  // It works once.
  const again = await open(t, browser, server, { ...DESKTOP, expected: [REFUSED] });
  await again.goto(link);
  await again.getByLabel("New password").fill("a third horse battery");
  await again.getByRole("button", { name: "Use this password" }).click();
  await again.getByText("This link is wrong, used or has ended.").waitFor();
});

test("figures are shown as pictures and as tables", { timeout: 60_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const ada = await settleAdmin(server);
  const tom = await settle(server, "tom");
  const room = await tom.createRoom({ name: "Kitchen" });
  for (const text of ["one", "two", "three"]) await tom.say(room, text);
  await tom.connect();
  const page = await open(t, browser, server, DESKTOP);
  await enter(page, ada, "/app/admin");
  await page.getByRole("figure", { name: /^Messages/ }).waitFor();
  const now = page.locator("dl > div").filter({ hasText: "People here" });
  assert.ok(Number(await now.locator("dd").innerText()) >= 1);
  await page.getByLabel("How far back").selectOption({ label: "7 days" });
  const figure = page.getByRole("figure", { name: /^Messages/ });
  await figure.getByText("As a table").click();
  await figure.getByRole("table").getByRole("row").nth(168).waitFor();
});
