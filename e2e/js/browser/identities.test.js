// Signing in by others, as people meet it: with a certified OpenID provider that runs beside the server.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, DESKTOP, launch, open, REFUSED, UNREACHABLE } from "../support/browser.js";
import { atHome, enter, settle } from "../support/pages.js";
import { serveWithProvider, signInThere } from "../support/provider.js";

// The provider's pages ask for a typeface that is not there.
const expected = [REFUSED, UNREACHABLE];

test("a newcomer sees the privacy policy once, and links and unlinks as one likes", { timeout: 60_000 }, async (t) => {
  const server = await serveWithProvider(t);
  const browser = await launch(t);
  const page = await open(t, browser, server, { ...DESKTOP, expected });
  await page.goto("/");
  const entry = page.getByRole("link", { name: "Continue with Work" });
  await entry.waitFor();
  await assertAccessible(page);
  await entry.click();
  await signInThere(page, "ada");
  await page.getByRole("heading", { name: "Welcome" }).waitFor();
  assert.equal(new URL(page.url()).hash, "");
  await assertAccessible(page);
  assert.equal(await page.getByLabel("User name").inputValue(), "ada");
  await page.getByLabel("User name").fill("lovelace");
  await page.getByLabel("I accept the privacy policy").check();
  await page.getByRole("button", { name: "Create account" }).click();
  await atHome(page);

  // The only way in stays.
  await page.goto("/app/account");
  const linked = page.getByRole("region", { name: "Sign-in by others" });
  await linked.getByRole("button", { name: "Unlink Work" }).click();
  await page.getByText("There would be no way left to sign in.").waitFor();
  await assertAccessible(page);

  // From now on it is one step, to where one wanted to go.
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goto("/app/people");
  await page.getByRole("link", { name: "Continue with Work" }).click();
  await atHome(page);
  assert.equal(new URL(page.url()).pathname, "/app/people");
  await page.goto("/app/account");
  await page.getByText("By work").first().waitFor();
});

test("somebody with a password links another way in, and one who is refused is told so", { timeout: 60_000 }, async (t) => {
  const server = await serveWithProvider(t);
  const browser = await launch(t);
  const lin = await settle(server, "lin");
  const page = await open(t, browser, server, { ...DESKTOP, expected });
  await enter(page, lin, "/app/account");
  await page.getByRole("button", { name: "Link Work" }).click();
  await signInThere(page, "lin.of.work");
  await page.getByText("From now on you can sign in that way too.").waitFor();
  await page.getByRole("region", { name: "Sign-in by others" }).getByText("Work", { exact: true }).waitFor();

  const other = await open(t, browser, server, { ...DESKTOP, locale: "zh-CN", expected });
  await other.goto("/");
  await other.getByRole("link", { name: "使用 Work 继续" }).click();
  await other.getByRole("link", { name: /cancel/i }).click();
  await other.getByText("对方没有让你登录").waitFor();
  await assertAccessible(other);
  assert.equal(new URL(other.url()).pathname, "/app/sign-in");
  await other.getByRole("link", { name: "使用 Work 继续" }).click();
  await signInThere(other, "lin.of.work");
  await atHome(other);
  const me = await (await other.request.get("/api/auth/me")).json();
  assert.equal(me.username, "lin");
});
