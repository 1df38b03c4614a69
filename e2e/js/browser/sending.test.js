// What becomes of what one writes: refused, unanswered, interrupted, pasted, on two devices.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, DESKTOP, launch, open, PHONE, UNREACHABLE } from "../support/browser.js";
import { layCable } from "../support/cable.js";
import { enter, hears, inList, say, settle, writing } from "../support/pages.js";
import { history, log, said } from "../support/rooms.js";
import { freePort, serve } from "../support/server.js";

const CUT = { expected: [UNREACHABLE] };

/** Tom's room, with Lin in it over a line that can be cut. */
async function inTomsRoom(t) {
  const server = await serve(t, { port: await freePort() });
  const cable = await layCable(t, server);
  const browser = await launch(t);
  const [lin, tom] = [await settle(server, "lin"), await settle(server, "tom")];
  const room = await tom.createRoom({ name: "Kitchen" });
  await lin.join(room);
  const page = await open(t, browser, cable, { ...DESKTOP, ...CUT });
  await enter(page, lin, `/app/rooms/${room.id}`);
  await writing(page).waitFor();
  const contents = async () => (await history(tom, room)).map(({ content }) => content);
  return { server, cable, browser, lin, tom, room, page, contents };
}

test("what the server refuses stays, says why, and is sent again or discarded", { timeout: 90_000 }, async (t) => {
  const { cable, lin, tom, room, page, contents } = await inTomsRoom(t);
  await cable.cut();
  await page.getByText("Not connected.").waitFor();
  for (const text of ["keep this", "drop this"]) await say(page, text);
  await tom.do("POST", `/api/rooms/${room.id}/members/${lin.id}/mute`, {});
  await cable.mend();

  for (const text of ["keep this", "drop this"]) await said(page, text).getByText("Not sent: You are muted in this room.").waitFor();
  await assertAccessible(page);
  // As long as nothing has changed, trying again changes nothing.
  await said(page, "keep this").getByRole("button", { name: "Try again" }).click();
  await said(page, "keep this").getByText("Not sent: You are muted in this room.").waitFor();
  assert.deepEqual(await contents(), []);

  // A failed message outlives the page, and is not sent behind one's back.
  await page.reload();
  await said(page, "keep this").getByText("Not sent:").waitFor();
  await tom.do("POST", `/api/rooms/${room.id}/members/${lin.id}/unmute`);
  await writing(page).waitFor();
  await said(page, "drop this").getByRole("button", { name: "Discard" }).click();
  await said(page, "drop this").waitFor({ state: "detached" });
  await said(page, "keep this").getByRole("button", { name: "Try again" }).click();
  await said(page, "keep this").getByText("Sent", { exact: true }).waitFor();
  await page.reload();
  await said(page, "keep this").getByText("Sent", { exact: true }).waitFor();
  assert.equal(await log(page).getByRole("article").count(), 1);
  assert.deepEqual(await contents(), ["keep this"]);
});

test("the line is cut before the answer comes: the message is there once", { timeout: 90_000 }, async (t) => {
  const { cable, tom, room, page, contents } = await inTomsRoom(t);
  const device = await tom.connect();
  // What is heard comes over the line that is to be cut.
  await tom.say(room, "hello");
  await hears(page, "hello");
  cable.deafen();
  await say(page, "did you get this?");
  await device.until("new_message", ({ message }) => message.content === "did you get this?");
  await said(page, "did you get this?").getByText("Sending …").waitFor();
  await cable.cut();
  await page.getByText("Not connected.").waitFor();
  await cable.mend();
  await said(page, "did you get this?").getByText(/^(Sent|Delivered|Read)$/).waitFor();
  await tom.say(room, "yes");
  await hears(page, "yes");
  assert.equal(await said(page, "did you get this?").count(), 1);
  assert.deepEqual(await contents(), ["hello", "did you get this?", "yes"]);
});

test("a server that restarts takes nothing away from what one is writing", { timeout: 90_000 }, async (t) => {
  const { server, tom, room, page, contents } = await inTomsRoom(t);
  await say(page, "teh beans");
  await said(page, "teh beans").getByText(/^(Sent|Delivered)$/).waitFor();
  await said(page, "teh beans").hover();
  await said(page, "teh beans").getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const editor = page.getByRole("textbox", { name: "Edit message" });
  await editor.fill("the beans");
  await writing(page).fill("half a ");

  await server.stop();
  await page.getByText("Not connected.").waitFor();
  await writing(page).press("End");
  await writing(page).pressSequentially("sentence");
  await server.start();
  await page.getByText("Not connected.").waitFor({ state: "detached" });
  assert.equal(await writing(page).inputValue(), "half a sentence");
  assert.equal(await editor.inputValue(), "the beans");
  await editor.press("Enter");
  await said(page, "the beans").getByText("(edited)").waitFor();
  await writing(page).press("Enter");
  await tom.connect({ resume: { [room.id]: 0 } }).then((device) => device.until("new_message", ({ message }) => message.content === "half a sentence"));
  assert.deepEqual(await contents(), ["the beans", "half a sentence"]);
});

test("what is pasted is its text alone, line by line, and can be taken back", { timeout: 60_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const lin = await settle(server, "lin");
  const room = await lin.createRoom({ name: "Kitchen" });
  const page = await open(t, browser, server, { ...DESKTOP, permissions: ["clipboard-read", "clipboard-write"] });
  await enter(page, lin, `/app/rooms/${room.id}`);
  await writing(page).fill("List: ");
  await page.evaluate(() => {
    const part = (type, text) => new Blob([text], { type });
    const html = part("text/html", "<b>tea</b><br>cake");
    return navigator.clipboard.write([new ClipboardItem({ "text/html": html, "text/plain": part("text/plain", "tea\n  茶\ncake") })]);
  });
  await writing(page).press("End");
  await writing(page).press("ControlOrMeta+v");
  assert.equal(await writing(page).inputValue(), "List: tea\n  茶\ncake");
  await writing(page).press("ControlOrMeta+z");
  assert.equal(await writing(page).inputValue(), "List: ");
  await writing(page).press("ControlOrMeta+v");
  await writing(page).press("Enter");
  await said(page, "cake").getByText("Sent", { exact: true }).waitFor();
  assert.deepEqual((await history(lin, room)).map(({ content }) => content), ["List: tea\n  茶\ncake"]);
  assert.equal((await said(page, "cake").locator("[dir=auto]").innerText()).split("\n").length, 3);
});

test("a desktop and a phone agree on what is read, said, changed and taken back", { timeout: 90_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const [lin, tom] = [await settle(server, "lin"), await settle(server, "tom")];
  const room = await lin.createRoom({ name: "Kitchen" });
  await tom.join(room);
  const [desktop, phone] = [await open(t, browser, server, DESKTOP), await open(t, browser, server, PHONE)];
  await enter(desktop, lin);
  await enter(phone, lin);
  await tom.say(room, "tea?");
  for (const page of [desktop, phone]) await inList(page, "Kitchen").getByText("1 unread").waitFor({ state: "attached" });
  await phone.bringToFront();
  await inList(phone, "Kitchen").getByRole("link").tap();
  await hears(phone, "tea?");
  await inList(desktop, "Kitchen").getByText("1 unread").waitFor({ state: "detached" });

  await say(phone, "yes, plaese");
  await inList(desktop, "Kitchen").getByRole("link").click();
  await hears(desktop, "yes, plaese");
  await writing(desktop).press("ArrowUp");
  const editor = desktop.getByRole("textbox", { name: "Edit message" });
  await editor.fill("yes, please");
  await editor.press("Enter");
  await said(phone, "yes, please").getByText("(edited)").waitFor();
  await said(desktop, "yes, please").focus();
  await desktop.keyboard.press("Delete");
  await desktop.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await log(phone).getByText("Message deleted").waitFor();
  await log(phone).getByRole("button", { name: "Restore" }).tap();
  for (const page of [desktop, phone]) await said(page, "yes, please").waitFor();
});
