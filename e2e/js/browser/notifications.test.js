// What people are told of: a bell that is the same everywhere, and reminders.

import { test } from "node:test";
import { assertAccessible, DESKTOP, launch, open, PHONE } from "../support/browser.js";
import { enter, hears, settle } from "../support/pages.js";
import { serve } from "../support/server.js";

const bell = (page) => page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: /^Notifications/ });
const badge = (page, text) => bell(page).getByText(text).waitFor({ state: "attached" });

test("one is told on every device, led there, and reminded", { timeout: 90_000 }, async (t) => {
  const server = await serve(t);
  const [lin, tom] = await Promise.all([settle(server, "lin"), settle(server, "tom")]);
  const room = await lin.createRoom({ name: "Attic" });
  await tom.join(room);
  const browser = await launch(t);
  const desk = await open(t, browser, server, DESKTOP);
  const phone = await open(t, browser, server, PHONE);
  await Promise.all([enter(desk, tom), enter(phone, tom)]);
  await bell(desk).click();
  await desk.getByText("Nothing that you have to know.").waitFor();
  await lin.say(room, "@tom the cellar is flooded");
  await Promise.all([desk, phone].map((page) => badge(page, "1 unread notification")));
  const row = desk.getByRole("listitem").filter({ hasText: "lin mentioned you in Attic" });
  await row.getByText("@tom the cellar is flooded").waitFor();
  await assertAccessible(desk);

  // The bell leads to the message, and on the other device it is read too.
  await bell(phone).tap();
  await phone.getByText("lin mentioned you in Attic").waitFor();
  await assertAccessible(phone);
  await row.getByRole("link").click();
  await desk.locator("article.found").waitFor();
  await hears(desk, "@tom the cellar is flooded");
  for (const page of [desk, phone]) await bell(page).getByText(/unread/).waitFor({ state: "detached" });
  await phone.getByRole("button", { name: "Mark all as read" }).and(phone.locator(":disabled")).waitFor();

  const message = desk.getByRole("article").filter({ hasText: "flooded" });
  await message.hover();
  await message.getByRole("button", { name: "Actions for the message of lin" }).click();
  await desk.getByRole("menuitem", { name: "Remind me …" }).click();
  await desk.getByLabel("When").selectOption("At another time");
  await desk.getByLabel("Date and time").waitFor();
  await assertAccessible(desk);
  await desk.getByLabel("When").selectOption("Tomorrow morning");
  await desk.getByRole("button", { name: "Remind me", exact: true }).click();
  await desk.getByText(/^You will be reminded on /).waitFor();
  await bell(desk).click();
  const reminders = desk.getByRole("region", { name: "Reminders" });
  await reminders.getByText("lin: @tom the cellar is flooded").waitFor();
  await reminders.getByRole("button", { name: /^Withdraw the reminder/ }).click();
  await reminders.getByText("Nothing waits.").waitFor();

  // A room that is silenced tells nothing; what is said there is there all the same.
  await desk.goto(`/app/rooms/${room.id}/settings`);
  await desk.getByLabel("Notifications", { exact: true }).selectOption("Nothing");
  await desk.getByText("Saved.").waitFor();
  await lin.say(room, "@tom it is dry again");
  await lin.do("POST", "/api/friends/requests", { user_id: tom.id });
  await badge(desk, "1 unread notification");
  await bell(desk).click();
  await desk.getByText("lin would like to be friends", { exact: true }).waitFor();
  await desk.getByRole("link", { name: "What to be told of" }).click();
  await desk.getByRole("link", { name: "Attic" }).last().waitFor();
  await desk.getByLabel("Friend requests").uncheck();
  await desk.getByText("Saved.").last().waitFor();
  await assertAccessible(desk);
});
