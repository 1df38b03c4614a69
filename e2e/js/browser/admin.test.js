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
  await page.goto(`/app/admin/users/${ada.id}`);
  await agree("Take rights away");
  await page.getByText("The last administrator has to stay.").waitFor();

  await page.goto("/app/admin");
  await page.getByLabel("Rights").selectOption({ label: "Administrator" });
  await page.getByRole("main").getByRole("link", { name: /@tom/ }).waitFor({ state: "detached" });
  await page.getByRole("main").getByRole("link", { name: /@ada/ }).waitFor();
  await page.getByRole("link", { name: "Sign-ins" }).click();
  await page.getByText("Refused").first().waitFor();

  // The desk is for administrators alone.
  const other = await open(t, browser, server, DESKTOP);
  await enter(other, eve, "/app/admin");
  await other.getByText("Only administrators of this server have a desk here.").waitFor();
});
