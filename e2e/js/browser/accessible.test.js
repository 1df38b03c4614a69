// Everybody can use every screen: axe in both themes, the keyboard alone, a large type, a phone and a finger.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, complaintsOf, DESKTOP, launch, open, PHONE } from "../support/browser.js";
import { atHome, enter, inList, settle, signIn, writing } from "../support/pages.js";
import { furnish, SCREENS, show } from "../support/screens.js";
import { serve } from "../support/server.js";

test("everything can be done by keyboard", { timeout: 60_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const lin = await settle(server, "lin");
  const [attic, cellar] = [await lin.createRoom({ name: "Attic" }), await lin.createRoom({ name: "Cellar" })];
  const page = await open(t, browser, server, DESKTOP);
  await page.goto(`/app/rooms/${attic.id}`);
  await signIn(page, "lin");
  const isAt = (room) => page.waitForURL(`**/app/rooms/${room.id}`);
  await isAt(attic);
  await page.getByRole("heading", { name: "Attic" }).waitFor();

  await page.keyboard.press("Alt+ArrowDown");
  await isAt(cellar);
  await page.keyboard.press("Alt+ArrowUp");
  await isAt(attic);

  // The switcher finds a room by letters of its name and gives the focus back when it is left.
  await page.getByRole("link", { name: "Members" }).focus();
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await page.getByRole("combobox").waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Members");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("clr");
  await page.getByRole("option", { name: "Cellar" }).waitFor();
  await page.keyboard.press("Enter");
  await isAt(cellar);

  // The first Tab of a page offers the way past the list.
  await page.goto("/app/account");
  await page.getByRole("heading", { name: "Profile" }).waitFor();
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the conversation" });
  assert.ok(await skip.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().top >= 0));
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "main");

  await page.keyboard.press("Control+/");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

/** What one cannot get into sight, or what sticks out of what holds it, without scrolling sideways. In the page. */
function outOfReach() {
  const isShown = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.closest(".sr-only, .skip");
  const name = (one) => `${one.localName} “${(one.getAttribute("aria-label") ?? one.textContent).trim().slice(0, 40)}”`;
  const wrong = document.documentElement.scrollWidth > innerWidth ? [`the page is ${document.documentElement.scrollWidth} pixels wide`] : [];
  const clip = (one) => {
    for (let at = one.parentElement; at; at = at.parentElement) {
      const { overflowX, overflowY, position } = getComputedStyle(at);
      if (/hidden|clip/.test(overflowY) && at.scrollHeight > at.clientHeight + 2 && getComputedStyle(at).textOverflow !== "ellipsis") return `cut by ${at.className}`;
      if (/auto|scroll/.test(`${overflowX} ${overflowY}`) || position === "fixed") return null;
    }
    return null;
  };
  for (const one of document.querySelectorAll("a, button, input, select, textarea, h1, h2, label, [role=option]")) {
    if (!isShown(one)) continue;
    const { left, right, width } = one.getBoundingClientRect();
    if (width === 0) continue;
    if (left < -1 || right > innerWidth + 1) wrong.push(`${name(one)} reaches from ${left} to ${right}`);
    const cut = clip(one);
    if (cut) wrong.push(`${name(one)} is ${cut}`);
  }
  return wrong;
}

/** What axe judges by the colours, so that it looks again in the other theme. */
const BY_COLOUR = ["color-contrast", "link-in-text-block"];
/** A window of 1280 × 800 at 200 % has so many of CSS pixels. */
const ZOOMED = { width: 640, height: 400 };

test("every screen, shown once, is for everybody", { timeout: 300_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const world = await furnish(server);
  const pages = new Map();
  const found = { complaints: [], reach: [], motion: [] };
  for (const screen of SCREENS) {
    if (!pages.has(screen.as)) {
      const page = await open(t, browser, server, DESKTOP);
      if (screen.as) await enter(page, world[screen.as]);
      pages.set(screen.as, page);
    }
    const page = pages.get(screen.as);
    await show(page, screen, world);
    const note = (list, what) => what.length > 0 && list.push([screen.name, what]);
    note(found.complaints, await complaintsOf(page));
    await page.emulateMedia({ colorScheme: "dark" });
    note(found.complaints, await complaintsOf(page, BY_COLOUR));
    await page.emulateMedia({ colorScheme: "light" });
    note(found.motion, await page.evaluate(() => document.getAnimations().map(({ effect }) => effect.target.outerHTML)));
    await page.setViewportSize(ZOOMED);
    note(found.reach, await page.evaluate(outOfReach));
    await page.setViewportSize(DESKTOP.viewport);
  }
  await t.test("axe finds nothing, light and dark", () => assert.deepEqual(found.complaints, []));
  await t.test("at 200 % nothing is cut off, and nothing scrolls sideways", () => assert.deepEqual(found.reach, []));
  await t.test("nothing moves for those who asked for less of that", () => assert.deepEqual(found.motion, []));
});

test("what lights up for others stands still for those who asked for less motion", { timeout: 60_000 }, async (t) => {
  const server = await serve(t);
  const lin = await settle(server, "lin");
  const room = await lin.createRoom({ name: "Attic" });
  const { message } = await lin.say(room, "look here");
  const page = await open(t, await launch(t), server, DESKTOP);
  await enter(page, lin);
  for (const reducedMotion of ["no-preference", "reduce"]) {
    await page.emulateMedia({ reducedMotion });
    await page.goto(`/app/rooms/${room.id}/messages/${message.seq}`);
    // A message that a link leads to lights up.
    await page.locator("article.found").waitFor();
    const motion = await page.locator("article.found").evaluate((row) => getComputedStyle(row).animationName);
    assert.equal(motion !== "none", reducedMotion === "no-preference");
  }
});

test("on a phone the list and the room are panes to swipe between", { timeout: 60_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const lin = await settle(server, "lin");
  await lin.createRoom({ name: "Attic" });
  const page = await open(t, browser, server, PHONE);
  await enter(page, lin);
  await atHome(page);
  await assertAccessible(page);
  const list = page.getByRole("navigation", { name: "Rooms" });
  await inList(page, "Attic").getByRole("link").tap();
  await writing(page).waitFor();
  assert.ok(!(await list.isVisible()));

  await swipe(page, "right");
  await list.waitFor();
  await swipe(page, "left");
  await writing(page).waitFor();
  await page.getByRole("link", { name: "Members" }).tap();
  await page.getByRole("complementary", { name: "Members" }).waitFor();
  await swipe(page, "right");
  await writing(page).waitFor();
  await page.getByRole("link", { name: "Back" }).tap();
  await list.waitFor();
});

/** A finger goes across the middle of the screen. */
async function swipe(page, to) {
  const session = await page.context().newCDPSession(page);
  const [from, until] = to === "right" ? [60, 330] : [330, 60];
  const y = 420;
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: from, y }] });
  await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x: until, y }] });
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await session.detach();
}
