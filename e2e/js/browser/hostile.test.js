// Messages that are meant to harm whoever reads them, in a real browser, with its own parser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, launch, open } from "../support/browser.js";
import { enter, hears, settle } from "../support/pages.js";
import { serve } from "../support/server.js";

const HOSTILE = [
  "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
  "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
  "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
  "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
  "**<b**><script>alert(1)</script> `<img src=x onerror=alert(1)>`",
  "```html\n</code></pre><iframe src=javascript:alert(1)></iframe>\n```",
  "![a picture](https://elsewhere.example/pixel.png) [x](javascript:alert(1)) [x](data:text/html,hi)",
  "<img src=https://elsewhere.example/pixel.png> <video src=https://elsewhere.example/pixel.mp4>",
];

test("M1 M2 M3 M6: nothing in a message runs, is loaded, or turns into markup", { timeout: 60_000 }, async (t) => {
  const server = await serve(t);
  const [lin, eve] = [await settle(server, "lin"), await settle(server, "eve")];
  const room = await lin.createRoom({ name: "Gate" });
  await eve.join(room);
  for (const content of HOSTILE) {
    await eve.do("POST", `/api/rooms/${room.id}/messages`, { content, message_type: "markdown" });
  }
  await eve.say(room, "and that was all");
  const page = await open(t, await launch(t), server, DESKTOP);
  const elsewhere = [];
  page.on("request", (request) => {
    if (new URL(request.url()).host !== new URL(server.url).host) elsewhere.push(request.url());
  });
  page.on("dialog", () => assert.fail("a script ran"));
  await enter(page, lin, `/app/rooms/${room.id}`);
  await hears(page, "and that was all");

  const contents = await page.getByRole("log").locator(".content").evaluateAll((shown) =>
    shown.map((content) => {
      const again = document.createElement("template");
      again.innerHTML = content.innerHTML;
      const elements = [...again.content.querySelectorAll("*")];
      return {
        isSame: again.innerHTML === content.innerHTML,
        odd: elements.filter((one) => one.matches("img, video, iframe, script, style, form, math, noscript, [src], [style]")).length,
        handlers: elements.flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith("on")),
        addresses: elements.map((one) => one.getAttribute("href")).filter((address) => address && !/^https?:/.test(address)),
      };
    }),
  );
  assert.equal(contents.length, HOSTILE.length + 1);
  for (const [at, content] of contents.entries()) {
    assert.deepEqual(content, { isSame: true, odd: 0, handlers: [], addresses: [] }, HOSTILE[at]);
  }
  assert.deepEqual(elsewhere, []);
});
