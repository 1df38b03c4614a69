// Input methods: a word that is being composed belongs to them, and so do the keys that choose it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "../support/browser.js";
import { Person } from "../support/people.js";
import { serve } from "../support/server.js";
import { box, history, said, visit } from "../support/rooms.js";

/** What an input method does, as the browser hears it. */
class InputMethod {
  #cdp;

  static async of(page) {
    const method = new InputMethod();
    method.#cdp = await page.context().newCDPSession(page);
    return method;
  }

  /** Shows what is composed so far, underlined. */
  async compose(...steps) {
    for (const text of steps) {
      await this.#key("rawKeyDown", "Process");
      await this.#cdp.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
      await this.#key("keyUp", "Process");
    }
  }

  /** Enter, as a browser reports it that gave it to the input method. */
  async enter() {
    await this.#key("rawKeyDown", "Enter");
    await this.#key("keyUp", "Enter");
  }

  /** Puts the word that was chosen in place of what was composed. */
  commit(text) {
    return this.#cdp.send("Input.insertText", { text });
  }

  #key(type, key) {
    return this.#cdp.send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: 229 });
  }
}

async function writing(t) {
  const server = await serve(t);
  const [alice, bob] = await Promise.all([Person.register(server, "alice"), Person.register(server, "bob")]);
  const room = await alice.createRoom({ name: "Words" });
  await bob.join(room);
  const page = await visit(t, await launch(t), alice, room);
  await box(page).focus();
  const contents = async () => (await history(bob, room)).map(({ content }) => content);
  return { page, bob, contents, method: await InputMethod.of(page) };
}

const WORDS = [
  { language: "Chinese", steps: ["n", "ni", "ni h", "ni hao"], word: "你好" },
  { language: "Japanese", steps: ["ｋ", "か", "かん", "かんじ", "漢字"], word: "漢字" },
  { language: "Korean", steps: ["ㅎ", "하", "한"], word: "한" },
];

for (const { language, steps, word } of WORDS) {
  test(`${language}: Enter chooses a word, and only the next one sends`, { timeout: 60_000 }, async (t) => {
    const { page, method, contents } = await writing(t);
    await method.compose(...steps);
    assert.equal(await box(page).inputValue(), steps.at(-1));
    await method.enter();
    assert.equal(await box(page).inputValue(), steps.at(-1));
    await method.commit(word);
    assert.equal(await box(page).inputValue(), word);
    await page.keyboard.press("Enter");
    await said(page, word).getByText("Sent", { exact: true }).waitFor();
    assert.deepEqual(await contents(), [word]);
  });
}

test("the word may end before its Enter is heard, as in Safari", { timeout: 60_000 }, async (t) => {
  const { page, method, contents } = await writing(t);
  await method.compose("n", "ni");
  await method.commit("你");
  await method.enter();
  assert.equal(await box(page).inputValue(), "你");
  await page.keyboard.type(" ok");
  await page.keyboard.press("Enter");
  await said(page, "你 ok").getByText("Sent", { exact: true }).waitFor();
  assert.deepEqual(await contents(), ["你 ok"]);
});

test("choosing a word takes no name from the list, nor opens what is not meant", { timeout: 60_000 }, async (t) => {
  const { page, bob, method, contents } = await writing(t);
  await page.keyboard.type("@");
  await method.compose("b", "bo");
  await page.getByRole("option", { name: new RegExp(`@${bob.user.username}`) }).waitFor();
  await method.enter();
  assert.equal(await box(page).inputValue(), "@bo");
  await method.commit("bo");
  await page.keyboard.press("Enter");
  assert.equal(await box(page).inputValue(), `@${bob.user.username} `);
  await page.keyboard.press("Enter");
  await said(page, `@${bob.user.username}`).getByText("Sent", { exact: true }).waitFor();
  assert.deepEqual(await contents(), [`@${bob.user.username}`]);
});
