// Everybody can use every screen: axe in both themes, the keyboard alone, a large type, a phone and a finger.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, DESKTOP, launch, open, PHONE } from "../support/browser.js";
import { atHome, enter, inList, settle, signIn, writing } from "../support/pages.js";
import { furnish, SCREENS, show } from "../support/screens.js";
import { serve } from "../support/server.js";

test("axe finds nothing on any screen, light and dark", { timeout: 480_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const world = await furnish(server);
  const pages = {};
  for (const screen of SCREENS) {
    const who = screen.as ?? "nobody";
    if (!pages[who]) {
      pages[who] = await open(t, browser, server, DESKTOP);
      if (screen.as) await enter(pages[who], world[who]);
    }
    await show(pages[who], screen, world);
    for (const colorScheme of ["light", "dark"]) {
      await pages[who].emulateMedia({ colorScheme });
      await assertAccessible(pages[who]);
    }
  }
});

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

test("at 200 % nothing is cut off on any screen, and nothing scrolls sideways", { timeout: 120_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const world = await furnish(server);
  const pages = new Map();
  for (const screen of SCREENS) {
    if (!pages.has(screen.as)) {
      // A window of 1280 × 800 at 200 % has 640 × 400 of CSS pixels.
      const page = await open(t, browser, server, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
      if (screen.as) await enter(page, world[screen.as]);
      pages.set(screen.as, page);
    }
    const page = pages.get(screen.as);
    await show(page, screen, world);
    assert.deepEqual(await page.evaluate(outOfReach), [], screen.name);
  }
});

test("nothing moves for those who asked for less of that", { timeout: 120_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const world = await furnish(server);
  const page = await open(t, browser, server, DESKTOP);
  await enter(page, world.lin);
  const first = `/app/rooms/${world.circle.id}/messages/${(await world.lin.history(world.circle))[0].seq}`;
  const moving = () => page.evaluate(() => document.getAnimations().length);
  for (const reducedMotion of ["no-preference", "reduce"]) {
    await page.emulateMedia({ reducedMotion });
    await page.goto(first);
    // A message that a link leads to lights up.
    await page.locator("article.found").waitFor();
    assert.equal((await moving()) > 0, reducedMotion === "no-preference");
  }
  for (const screen of SCREENS.filter(({ as }) => as === "lin")) {
    await show(page, screen, world);
    assert.equal(await moving(), 0, screen.name);
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
