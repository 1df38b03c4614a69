// Every screen of the client, furnished: for axe in both themes, and for the pictures that `scripts/screenshots` makes.

import { enter, settle, settleAdmin } from "./pages.js";

/** People, rooms and talk, made over the API: what a page is shown with. */
export async function furnish(server) {
  const ada = await settleAdmin(server);
  const lin = await settle(server, "lin", "林小雨");
  const tom = await settle(server, "tom", "Tom");
  const mara = await settle(server, "mara", "Mara");
  await lin.do("PUT", "/api/auth/profile", { bio: "Tea, trains, type design. 喜欢喝茶。" });
  const circle = await lin.createRoom({ name: "Reading circle 读书会", description: "One book a month" });
  const garden = await tom.createRoom({ name: "Garden", description: "Seeds, soil, slugs" });
  const board = await lin.createRoom({ name: "Board", is_private: true, access_key: "open-sesame" });
  await tom.createRoom({ name: "Trains", description: "Timetables of the world" });
  for (const person of [tom, mara]) await person.join(circle);
  for (const person of [lin, mara]) await person.join(garden);
  await tom.join(board, "open-sesame");
  const direct = await lin.do("POST", "/api/rooms/direct", { user_id: mara.id });

  const inMarkdown = { message_type: "markdown" };
  const asked = await lin.say(circle, "Next month: **The Master and Margarita**. Who brings the cake?", inMarkdown);
  await tom.say(circle, "Me! Chapter one is short, by the way.", { reply_to: (asked.message ?? asked).id });
  await mara.say(circle, "我可以带茶，茉莉花的。");
  await lin.say(circle, "太好了！See you on `Thursday` then.", inMarkdown);
  await tom.do("PUT", `/api/messages/${(asked.message ?? asked).id}/reactions/${encodeURIComponent("♥")}`);
  await tom.say(garden, "The beans are up.");
  await mara.say(garden, "@lin come and look!");
  await mara.say(direct, "Shall we take the early train?");
  const { library, invitation } = await befriend(server, { lin, tom, mara });
  await ada.do("POST", "/api/admin/holds", { user_id: mara.id, reason: "Case 7 of the house court 第七案" });
  await ada.do("POST", "/api/admin/holds", { room_id: garden.id, reason: "Until the audit of the beans is over." });
  return { ada, lin, tom, mara, circle, garden, board, direct, library, invitation };
}

/** Friends, requests and blocks around lin, and a community. */
async function befriend(server, { lin, tom, mara }) {
  const [yusuf, ida, otto] = [
    await settle(server, "yusuf", "Yusuf Demir"),
    await settle(server, "ida", "Ida"),
    await settle(server, "otto", "Otto"),
  ];
  for (const person of [mara, ida]) {
    const { request } = await person.do("POST", "/api/friends/requests", { user_id: lin.id });
    await lin.do("POST", `/api/friends/requests/${request.id}/accept`);
  }
  await yusuf.do("POST", "/api/friends/requests", { user_id: lin.id });
  await lin.do("POST", "/api/friends/requests", { user_id: tom.id });
  await lin.do("PUT", `/api/blocks/${otto.id}`);
  const library = await tom.do("POST", "/api/communities", {
    name: "Riverside library 河畔图书馆",
    description: "Books, quiet, and tea on Sundays",
    rules: "Be kind to people and to books.\nNo food in the reading rooms.\n请保持安静。",
  });
  const poetry = await tom.do("POST", "/api/rooms", { name: "Poetry 诗", description: "One poem a day", community_id: library.id });
  await tom.do("POST", "/api/rooms", { name: "Book swap", description: "Give one, take one", community_id: library.id });
  for (const person of [lin, yusuf]) await person.do("POST", `/api/communities/${library.id}/join`, { accept_rules: true });
  await lin.join(poetry);
  await tom.say(library, "We open on Sundays from December on. 十二月起周日开放。");
  await tom.say(library, "New: a shelf for graphic novels, second floor.");
  const guild = await ida.do("POST", "/api/communities", { name: "Printers’ guild", description: "Letterpress and ink", is_private: true, rules: "What is printed here stays sharp." });
  const { code } = await ida.do("POST", `/api/rooms/${guild.id}/invitations`, { max_uses: 10 });
  return { library, invitation: code };
}

const inRoom = (path = "") => ({ circle }) => `/app/rooms/${circle.id}${path}`;
const pick = (page, name) => page.getByRole("heading", { name }).first().waitFor();

/** `as` is who looks; without it nobody is signed in. `ready` waits until the screen is all there, in any language. */
export const SCREENS = [
  { name: "sign-in", path: () => "/app/sign-in", ready: (page) => page.locator("form").first().waitFor() },
  { name: "sign-up", path: () => "/app/sign-up", ready: (page) => page.locator("form").first().waitFor() },
  { name: "setup", path: () => "/app/setup#code", ready: (page) => page.locator("form").first().waitFor() },
  { name: "privacy", path: () => "/app/privacy", ready: (page) => page.locator("h1").waitFor() },
  { name: "home", as: "lin", path: () => "/app", ready: (page) => page.getByText("Board").first().waitFor() },
  { name: "room", as: "lin", path: inRoom(), ready: (page) => page.getByText("Thursday").first().waitFor() },
  { name: "members", as: "lin", path: inRoom("/members"), ready: (page) => page.getByText("@tom").waitFor() },
  { name: "pins", as: "lin", path: inRoom("/pins"), ready: (page) => page.locator("aside p").first().waitFor() },
  { name: "settings", as: "lin", path: inRoom("/settings"), ready: (page) => page.locator("aside form").first().waitFor() },
  { name: "browse", as: "lin", path: () => "/app/browse", ready: (page) => page.getByText("Timetables").waitFor() },
  { name: "new-room", as: "lin", path: () => "/app/new", ready: (page) => page.locator("main form").waitFor() },
  {
    name: "people",
    as: "lin",
    path: () => "/app/people",
    ready: async (page) => {
      await page.locator("main input").fill("tom");
      await page.getByText("@tom").waitFor();
    },
  },
  { name: "friends", as: "lin", path: () => "/app/people", ready: (page) => page.getByText("Otto").waitFor() },
  {
    name: "notifications",
    as: "lin",
    path: () => "/app/notifications",
    ready: (page) => page.getByText("come and look").waitFor(),
  },
  { name: "communities", as: "mara", path: () => "/app/communities", ready: (page) => page.getByText("Riverside").waitFor() },
  { name: "new-community", as: "mara", path: () => "/app/communities/new", ready: (page) => page.locator("main form").waitFor() },
  {
    name: "community-outside",
    as: "mara",
    path: ({ library }) => `/app/communities/${library.id}`,
    ready: (page) => page.getByText("No food").waitFor(),
  },
  {
    name: "community",
    as: "lin",
    path: ({ library }) => `/app/communities/${library.id}`,
    ready: (page) => page.getByText("Book swap").waitFor(),
  },
  {
    name: "announcements",
    as: "lin",
    path: ({ library }) => `/app/rooms/${library.id}`,
    ready: (page) => page.getByText("graphic novels").first().waitFor(),
  },
  {
    name: "community-settings",
    as: "tom",
    path: ({ library }) => `/app/rooms/${library.id}/settings`,
    ready: (page) => page.locator("aside form").first().waitFor(),
  },
  {
    name: "invite",
    as: "tom",
    path: ({ library }) => `/app/communities/${library.id}`,
    ready: async (page) => {
      await page.locator("main .links button").click();
      await page.locator("dialog .form button").click();
      await page.locator("dialog li").first().waitFor();
    },
  },
  {
    name: "invited",
    as: "mara",
    path: ({ invitation }) => `/app/invite/${invitation}`,
    ready: (page) => page.getByText("stays sharp").waitFor(),
  },
  {
    name: "invited-stranger",
    path: ({ invitation }) => `/app/invite/${invitation}`,
    ready: (page) => page.locator(".note").waitFor(),
  },
  {
    name: "person-asking",
    as: "lin",
    path: () => "/app/people",
    ready: async (page) => {
      await page.getByRole("button", { name: "Yusuf Demir", exact: true }).click();
      await page.locator("dialog h2").waitFor();
      await page.locator("dialog .skeleton").waitFor({ state: "detached" });
    },
  },
  { name: "admin-users", as: "ada", path: () => "/app/admin/users", ready: (page) => page.getByText("@otto").waitFor() },
  {
    name: "admin-user",
    as: "ada",
    path: ({ lin }) => `/app/admin/users/${lin.id}`,
    ready: (page) => page.locator("main time").first().waitFor(),
  },
  { name: "admin-figures", as: "ada", path: () => "/app/admin", ready: (page) => page.locator("figure").first().waitFor() },
  { name: "admin-rooms", as: "ada", path: () => "/app/admin/rooms", ready: (page) => page.getByText("Poetry").waitFor() },
  {
    name: "admin-room",
    as: "ada",
    path: ({ circle }) => `/app/admin/rooms/${circle.id}`,
    ready: (page) => page.getByText("@tom").first().waitFor(),
  },
  {
    name: "admin-announcements",
    as: "ada",
    path: () => "/app/admin/announcements",
    ready: (page) => page.locator("main form").waitFor(),
  },
  { name: "admin-retention", as: "ada", path: () => "/app/admin/retention", ready: (page) => page.locator("main form").waitFor() },
  { name: "admin-holds", as: "ada", path: () => "/app/admin/holds", ready: (page) => page.getByText("Garden").last().waitFor() },
  { name: "admin-audit", as: "ada", path: () => "/app/admin/audit", ready: (page) => page.locator("main time").first().waitFor() },
  { name: "reset", path: () => "/app/reset#code", ready: (page) => page.locator("form").waitFor() },
  { name: "admin-logins", as: "ada", path: () => "/app/admin/logins", ready: (page) => page.locator("main time").first().waitFor() },
  { name: "account", as: "lin", path: () => "/app/account", ready: (page) => page.locator("dl").waitFor() },
  { name: "join", as: "lin", path: () => "/app/join#open-sesame", ready: (page) => page.locator("#accept").waitFor() },
  {
    name: "preview",
    as: "mara",
    path: ({ board }) => `/app/rooms/${board.id + 1}`,
    ready: (page) => pick(page, "Trains"),
  },
  { name: "design", path: () => "/app/design", ready: (page) => page.locator("article").nth(14).waitFor() },
  { name: "not-found", as: "lin", path: () => "/app/nothing", ready: (page) => page.locator("main h1").waitFor() },
  {
    name: "switcher",
    as: "lin",
    path: inRoom(),
    ready: async (page) => {
      await page.getByText("Thursday").first().waitFor();
      await page.keyboard.press("Control+k");
      await page.getByRole("option").first().waitFor();
    },
  },
  {
    name: "keys",
    as: "lin",
    path: inRoom(),
    ready: async (page) => {
      await page.getByText("Thursday").first().waitFor();
      await page.keyboard.press("Control+/");
      await page.locator("dialog kbd").first().waitFor();
    },
  },
  {
    name: "person",
    as: "lin",
    path: inRoom("/members"),
    ready: async (page) => {
      await page.locator("aside li", { hasText: "@tom" }).locator("button").first().click();
      await page.locator("dialog h2").waitFor();
      await page.locator("dialog .skeleton").waitFor({ state: "detached" });
    },
  },
];

/** Shows a screen on a page that is signed in as its viewer already. */
export async function show(page, screen, world) {
  const path = screen.path(world);
  // What is read from the part after “#” is read as the page is opened.
  const isInside = screen.as && page.url().includes("/app") && !path.includes("#") && new URL(page.url()).pathname !== path;
  if (isInside) await walk(page, path);
  else await page.goto(path);
  await screen.ready(page);
}

/** Goes to another screen within the client, as its links and the browser’s own ways do. */
export const walk = (page, path) =>
  page.evaluate((to) => {
    history.pushState(null, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);

export { enter };
