// What every view shows while it is read, where that fails, and where there is nothing: nothing ever looks frozen.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, launch, open, UNREACHABLE } from "../support/browser.js";
import { enter, settle, settleAdmin } from "../support/pages.js";
import { said } from "../support/rooms.js";
import { walk } from "../support/screens.js";
import { serve } from "../support/server.js";

/** Somebody who runs the server, and what there is to see for her. */
async function furnished(t) {
  const server = await serve(t);
  const ada = await settleAdmin(server);
  const tom = await settle(server, "tom", "Tom");
  await tom.do("PUT", "/api/auth/profile", { bio: "Grows beans." });
  const [kitchen, cellar] = [await ada.createRoom({ name: "Kitchen" }), await ada.createRoom({ name: "Cellar" })];
  for (const room of [kitchen, cellar]) await tom.join(room);
  const { message } = await tom.say(kitchen, "Soup is ready");
  await ada.do("PUT", `/api/messages/${message.id}/pin`);
  await tom.say(cellar, "Cold down here");
  const trains = await tom.createRoom({ name: "Trains" });
  const club = await tom.do("POST", "/api/communities", { name: "Club" });
  const guild = await ada.do("POST", "/api/communities", { name: "Guild" });
  const { code } = await tom.do("POST", `/api/rooms/${trains.id}/invitations`, {});
  return { server, ada, tom, kitchen, cellar, trains, club, guild, code };
}

/** A view: where it is, what it asks for, and what it shows in the end. `enter` does what leads there beyond its address. */
const VIEWS = [
  { path: () => "/app/browse", asks: /rooms\?scope=public/, shows: "Trains" },
  { path: () => "/app/communities", asks: /communities\?/, shows: "Club" },
  { path: ({ club }) => `/app/communities/${club.id}`, asks: /communities\/\d+$/, shows: "Join the community" },
  { path: ({ guild }) => `/app/communities/${guild.id}`, asks: /rooms\?community_id/, shows: "Rooms of the community" },
  { path: ({ trains }) => `/app/rooms/${trains.id}`, asks: /rooms\/\d+$/, shows: "You are not in this room yet." },
  { path: ({ code }) => `/app/invite/${code}`, asks: /invitations\//, shows: /^The invitation holds until/ },
  { path: () => "/app/account", asks: /stats$|auth\/(privacy|sessions|logins)/, shows: "Messages sent" },
  { path: () => "/app/admin", asks: /admin\/figures/, shows: "People here" },
  { path: () => "/app/admin/users", asks: /admin\/users\?/, shows: /@tom/ },
  { path: ({ tom }) => `/app/admin/users/${tom.id}`, asks: /admin\/users\/\d+$/, shows: "tom@example.org" },
  { path: () => "/app/admin/rooms", asks: /admin\/rooms\?/, shows: "Trains" },
  { path: ({ trains }) => `/app/admin/rooms/${trains.id}`, asks: /rooms\/\d+$/, shows: /^Made / },
  { path: () => "/app/admin/communities", asks: /admin\/communities\?/, shows: "Club" },
  { path: () => "/app/admin/announcements", asks: /admin\/announcements/, shows: "Nothing was announced yet." },
  { path: () => "/app/admin/logins", asks: /admin\/logins/, shows: "Signed in" },
  { path: () => "/app/admin/audit", asks: /admin\/audit/, shows: /127\.0\.0\.1 · / },
  {
    path: () => "/app/people",
    enter: (page) => page.getByLabel("Search people").fill("tom"),
    asks: /users\/search/,
    shows: "@tom",
  },
  { path: ({ cellar }) => `/app/rooms/${cellar.id}`, asks: /rooms\/\d+\/messages/, shows: "Cold down here" },
  { path: ({ kitchen }) => `/app/rooms/${kitchen.id}/members`, asks: /rooms\/\d+\/members/, within: "aside", shows: /@tom/ },
  { path: ({ kitchen }) => `/app/rooms/${kitchen.id}/pins`, asks: /rooms\/\d+\/pins/, within: "aside", shows: "Soup is ready" },
  {
    path: ({ kitchen }) => `/app/rooms/${kitchen.id}`,
    enter: (page) => page.getByRole("button", { name: "Invite" }).click(),
    asks: /rooms\/\d+\/invitations/,
    within: "dialog",
    shows: "Links that end",
  },
  {
    path: ({ cellar }) => `/app/rooms/${cellar.id}`,
    enter: (page) => page.getByRole("log").getByRole("button", { name: "Tom", exact: true }).click(),
    asks: /users\/\d+$/,
    within: "dialog",
    shows: "Grows beans.",
  },
  {
    path: ({ kitchen }) => `/app/rooms/${kitchen.id}`,
    enter: async (page) => {
      await said(page, "Soup is ready").hover();
      await said(page, "Soup is ready").getByRole("button", { name: /^Actions for/ }).click();
      await page.getByRole("menuitem", { name: "Details" }).click();
    },
    asks: /messages\/\d+\/receipts/,
    within: "dialog",
    shows: /^(Nobody else has read it yet\.|Ada)$/,
  },
];

/** Holds back what is asked for; resolves with how to let that fail, and how to let it through from then on. */
async function hold(page, asks) {
  let fail;
  const failing = new Promise((resolve) => (fail = resolve));
  const pattern = new RegExp(`/api/.*(?:${asks.source})`);
  const held = (route) => failing.then(() => route.abort());
  await page.route(pattern, held);
  return { fail, letThrough: () => page.unroute(pattern, held) };
}

/** Sees a place load, fail, and show what it is for after another attempt. */
async function endure(page, place, asks, show, shows) {
  const { fail, letThrough } = await hold(page, asks);
  await show();
  await place.getByText("Loading …").first().waitFor({ state: "attached" });
  fail();
  await place.getByRole("alert").getByText("The server cannot be reached.").first().waitFor();
  await letThrough();
  const again = place.getByRole("alert").getByRole("button", { name: "Try again" });
  // All at once: each goes as soon as it is tried.
  await again.evaluateAll((buttons) => buttons.forEach((button) => button.click()));
  await place.getByText(shows).first().waitFor();
  assert.equal(await place.getByRole("alert").count(), 0);
}

test("every view says that it loads, that it failed, and tries again", { timeout: 240_000 }, async (t) => {
  const world = await furnished(t);
  const browser = await launch(t);
  const options = { ...DESKTOP, expected: [UNREACHABLE] };
  const page = await open(t, browser, world.server, options);
  await enter(page, world.ada);
  for (const { path, enter: go, asks, within = "#main", shows } of VIEWS) {
    await walk(page, "/app");
    const show = async () => {
      await walk(page, path(world));
      await go?.(page);
    };
    await endure(page, page.locator(within), asks, show, shows);
  }

  // Friends and the list of rooms are read with the page; of the list, a browser that has seen it keeps a copy.
  await endure(page, page.locator("#main"), /friends\?/, () => page.goto("/app/people"), "No friends yet.");
  const his = await open(t, browser, world.server, options);
  const { fail, letThrough } = await hold(his, /rooms\?scope=joined/);
  await enter(his, world.tom);
  const list = his.getByRole("navigation", { name: "Rooms" });
  await list.getByText("Loading …").waitFor({ state: "attached" });
  fail();
  await list.getByRole("alert").getByText("The server cannot be reached.").waitFor();
  await letThrough();
  await list.getByRole("link", { name: "Kitchen" }).waitFor();
});

/** Where there is nothing: what is typed into which field, and what is said of it. */
const EMPTY = [
  { path: () => "/app/people", says: "No friends yet. Look for people by name, and ask them." },
  { path: () => "/app/people", type: ["Search people", "nobody"], says: "Nobody found." },
  { path: () => "/app/people", type: ["Search people", "n"], says: "One more letter, please." },
  { path: () => "/app/communities", says: "There is no community yet that you could join. You can found one." },
  { path: () => "/app/communities", type: ["Search communities", "none"], says: "No community found." },
  { path: () => "/app/browse", type: ["Search rooms", "none"], says: "No room found." },
  { path: () => "/app/admin/users", type: ["Search by name", "nobody"], says: "Nobody found." },
  { path: () => "/app/admin/rooms", type: ["Search by name", "none"], says: "No room found." },
  { path: () => "/app/admin/communities", says: "No room found." },
  { path: () => "/app/admin/announcements", says: "Nothing was announced yet." },
  { path: ({ id }) => `/app/rooms/${id}`, says: "This is where “Kitchen” begins." },
  { path: ({ id }) => `/app/rooms/${id}/pins`, within: "aside", says: "Nothing is pinned here." },
];

test("where there is nothing, that is said, and asked for once", { timeout: 120_000 }, async (t) => {
  const server = await serve(t);
  const ada = await settleAdmin(server);
  const room = await ada.createRoom({ name: "Kitchen" });
  const page = await open(t, await launch(t), server, DESKTOP);
  await enter(page, ada);
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url())));
  await page.getByRole("navigation", { name: "Rooms" }).getByText("No direct chat yet.").waitFor();
  for (const { path, type, within = "#main", says } of EMPTY) {
    await walk(page, "/app");
    await walk(page, path(room));
    const place = page.locator(within);
    if (type) await place.getByLabel(type[0]).fill(type[1]);
    await place.getByText(says, { exact: true }).waitFor();
  }
  const visits = EMPTY.filter(({ path }) => path(room) === "/app/communities").length;
  const looks = asked.filter(({ pathname, searchParams }) => pathname === "/api/communities" && !searchParams.has("q"));
  assert.ok(looks.length <= visits, `the list was asked for ${looks.length} times in ${visits} visits`);

  await page.getByRole("searchbox", { name: "Filter rooms" }).fill("none");
  await page.getByRole("navigation", { name: "Rooms" }).getByText("No room found.").waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("none");
  await page.getByRole("dialog").getByText("No room found.").waitFor();
});
