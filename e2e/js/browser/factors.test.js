// Second factors, as people meet them: setting an app up, signing in with it, proving anew who one is.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { assertAccessible, DESKTOP, launch, open, PHONE, REFUSED } from "../support/browser.js";
import { atHome, enter, PASSWORD, settle } from "../support/pages.js";
import { serve } from "../support/server.js";

/** An authenticator app (RFC 6238). A code is taken once: `later` shows the one that comes next, which holds already. */
function app(secret) {
  const bits = [...secret.replace(/\s/g, "")].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  const key = Buffer.from(bits.join("").match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  return (later = 0) => {
    const step = Buffer.alloc(8);
    step.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
    const tag = createHmac("sha1", key).update(step).digest();
    const number = tag.readUInt32BE(tag[19] & 15) & 0x7fff_ffff;
    return String(number % 1_000_000).padStart(6, "0");
  };
}

async function setUp(page) {
  const section = page.getByRole("region", { name: "Second factor" });
  await section.getByRole("button", { name: "Set up an app" }).click();
  await section.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
  await assertAccessible(page);
  const code = app(await section.locator("code").innerText());
  await section.getByLabel("Code", { exact: true }).fill(code());
  await section.getByRole("button", { name: "Confirm" }).click();
  const recovery = await section.getByRole("list", { name: "Recovery codes" }).getByRole("listitem").allInnerTexts();
  assert.equal(recovery.length, 10);
  await section.getByRole("button", { name: "I have kept them" }).click();
  return { code, recovery };
}

async function firstStep(page, name) {
  await page.getByLabel("User name or e-mail").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Code", { exact: true }).waitFor();
}

async function secondStep(page, code) {
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("an app is set up and asked for, and a recovery code stands in for it", { timeout: 120_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const lin = await settle(server, "lin");
  const page = await open(t, browser, server, { ...DESKTOP, expected: [REFUSED] });
  await enter(page, lin, "/app/account");
  const { code, recovery } = await setUp(page);
  await page.getByRole("region", { name: "Second factor" }).getByText("10 recovery codes are left.").waitFor();

  const phone = await open(t, browser, server, { ...PHONE, expected: [REFUSED] });
  await phone.goto("/");
  await firstStep(phone, "lin");
  await assertAccessible(phone);
  await secondStep(phone, "000000");
  await phone.getByText("This code is wrong, or was used before.").waitFor();
  await secondStep(phone, code(1));
  await atHome(phone);

  const lost = await open(t, browser, server, { ...DESKTOP, expected: [REFUSED] });
  await lost.goto("/");
  await firstStep(lost, "lin");
  await secondStep(lost, recovery[4].toUpperCase());
  await atHome(lost);
  await page.reload();
  await page.getByRole("region", { name: "Second factor" }).getByText("9 recovery codes are left.").waitFor();

  // What cannot be undone asks who one is, and then goes on by itself.
  let asked = 0;
  await page.route("**/api/auth/factors/totp", async (route) => {
    asked += 1;
    if (asked > 1) return route.continue();
    const problem = { code: "step_up_required", title: "", status: 403 };
    return route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify(problem) });
  });
  await page.getByRole("button", { name: "Give up the app" }).click();
  const proof = page.getByRole("dialog", { name: "Is it you?" });
  await assertAccessible(page);
  await proof.getByLabel("Code", { exact: true }).fill("000000");
  await proof.getByRole("button", { name: "Go on" }).click();
  await proof.getByRole("alert").waitFor();
  await proof.getByLabel("Code", { exact: true }).fill(recovery[5]);
  await proof.getByRole("button", { name: "Go on" }).click();
  await page.getByText("The app is no longer asked for.").waitFor();
  await page.getByRole("button", { name: "Set up an app" }).waitFor();
});

test("a server that demands a second factor leads everybody to one", { timeout: 60_000 }, async (t) => {
  const server = await serve(t, { flags: ["--require-factor", "everyone"] });
  await settle(server, "lin");
  const page = await open(t, await launch(t), server, { ...DESKTOP, expected: [REFUSED] });
  await page.goto("/");
  await page.getByLabel("User name or e-mail").fill("lin");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "One more thing" }).waitFor();
  await setUp(page);
  await atHome(page);
});
