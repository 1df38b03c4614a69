// What is kept, for how long, and what one takes along.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { DESKTOP, launch, open, PHONE } from "../support/browser.js";
import { enter, hears, settle, settleAdmin } from "../support/pages.js";
import { serve } from "../support/server.js";

/** What a link lets one download. */
async function taken(page, name) {
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name }).tap();
  const download = await coming;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

test("terms are set at the desk and in a room, people are held without hearing of it", { timeout: 90_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const ada = await settleAdmin(server);
  const tom = await settle(server, "tom");
  const kitchen = await tom.createRoom({ name: "Kitchen" });
  await tom.say(kitchen, "Soup is ready");
  const page = await open(t, browser, server, DESKTOP);
  const his = await open(t, browser, server, PHONE);
  await enter(page, ada, "/app/admin/retention");
  await enter(his, tom, `/app/rooms/${kitchen.id}/settings`);
  await his.getByText("Messages here are kept for ever.").waitFor();

  // Whoever keeps less is asked again.
  await page.getByLabel("Public rooms").fill("30");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
  await his.reload();
  await his.getByText("Messages here are kept for 30 days.").waitFor();
  const days = his.getByLabel("Days");
  const keep = () => his.getByRole("button", { name: "Keep for that long" }).tap();
  await days.fill("7");
  await keep();
  await his.getByRole("dialog").getByRole("button", { name: "Save" }).tap();
  await his.getByText("Messages here are kept for 7 days.").waitFor();

  // A person is held for a reason, and sees nothing of it.
  await page.goto(`/app/admin/users/${tom.id}`);
  await page.getByRole("button", { name: "Put under a legal hold" }).click();
  await page.getByLabel("Reason").fill("Case 7");
  await page.getByRole("dialog").getByRole("button", { name: "Put under a legal hold" }).click();
  await page.getByText("Held from now on.").waitFor();
  await page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: "Legal holds" }).click();
  await page.getByText("Case 7").waitFor();
  await his.goto("/app/account");
  await his.getByRole("region", { name: "My data" }).getByRole("button", { name: "Prepare the file" }).waitFor();
  assert.equal(await his.getByText(/legal hold|Case 7/i).count(), 0);
  await page.getByRole("button", { name: "Lift: tom (@tom)" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Lift", exact: true }).click();
  await page.getByText("Nobody and nothing is held.").waitFor();
  await page.getByLabel("Lifted ones too").check();
  await page.getByText(/lifted by Ada/).waitFor();
});

test("one takes one’s data along, and what was said in a room elsewhere is brought in", { timeout: 90_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const ada = await settleAdmin(server);
  const tom = await settle(server, "tom");
  const [kitchen, cellar] = [await tom.createRoom({ name: "Kitchen" }), await tom.createRoom({ name: "Cellar" })];
  await tom.say(kitchen, "Soup is ready");
  const his = await open(t, browser, server, PHONE);
  await enter(his, tom, "/app/account");
  const data = his.getByRole("region", { name: "My data" });
  await data.getByRole("button", { name: "Prepare the file" }).tap();
  const archive = await taken(his, "Download my data");
  assert.equal(archive.name, `parlor-${tom.id}.zip`);
  assert.equal(archive.bytes.subarray(0, 2).toString(), "PK");
  await data.getByRole("button", { name: "Remove the file" }).tap();
  await data.getByRole("button", { name: "Prepare the file" }).waitFor();

  // An export as another server would give it: the same words, by numbers of its own.
  await his.goto(`/app/rooms/${kitchen.id}/settings`);
  const history = await taken(his, "Download all messages");
  const foreign = { ...JSON.parse(history.bytes.toString()), id: 700_001, room_id: 700_002 };
  await his.goto(`/app/rooms/${cellar.id}`);
  await his.getByRole("log").waitFor();
  const page = await open(t, browser, server, DESKTOP);
  await enter(page, ada, `/app/admin/rooms/${cellar.id}`);
  const file = { name: "room.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(`${JSON.stringify(foreign)}\n`) };
  await page.getByLabel("Export (JSON Lines)").setInputFiles(file);
  await page.getByRole("button", { name: "Bring in" }).click();
  await page.getByText("1 of 1 messages are new. 0 were here").waitFor();
  await hears(his, "Soup is ready");
  await page.getByRole("button", { name: "Bring in" }).click();
  await page.getByText("0 of 1 messages are new. 1 were here").waitFor();

  // Whoever looks while a long one is brought in sees how far it is.
  const answer = { stage: "bringing_in", done: 2, total: 5 };
  const asked = /\/api\/rooms\/\d+\/import/;
  await page.route(asked, (route) => route.fulfill({ json: answer }));
  await page.reload();
  await page.getByText("40%: 2 of 5 messages are brought in.").waitFor();
  assert.equal(await page.getByRole("progressbar").getAttribute("value"), "40");
  await page.unroute(asked);
  await page.getByText("40%").waitFor({ state: "detached" });
});
