// Rooms as somebody sees them in the web client.

import { DESKTOP, open } from "./browser.js";

/** A window of a person's own, who is signed in there and looks at a room. */
export async function visit(t, browser, person, room, options = DESKTOP) {
  const page = await open(t, browser, person.server, options);
  const answer = await page.context().request.post("/api/auth/login", {
    data: { username: person.user.username, password: person.password, remember: true },
    headers: { "X-CSRF": "1" },
  });
  if (!answer.ok()) throw new Error(`signing in: ${answer.status()} ${await answer.text()}`);
  await page.goto(`/app/rooms/${room.id}`);
  await page.getByRole("log").waitFor();
  return page;
}

export const box = (page) => page.getByRole("textbox", { name: /^Message / });
export const log = (page) => page.getByRole("log");
/** A message by a part of its text. */
export const said = (page, text) => log(page).getByRole("article").filter({ hasText: text });

/** Says many things, some of them at once, so that their order does not matter to whoever asks. */
export async function fill(person, room, count, textOf = (index) => `line ${index}`) {
  const AT_A_TIME = 20;
  for (let from = 0; from < count; from += AT_A_TIME) {
    const some = Array.from({ length: Math.min(AT_A_TIME, count - from) }, (_, index) => from + index);
    await Promise.all(some.map((index) => person.say(room, textOf(index))));
  }
}

/** The messages of a room as the server has them. */
export const history = async (person, room) =>
  (await person.do("GET", `/api/rooms/${room.id}/messages?limit=200`)).items;
