// Pictures of every screen: desktop and phone, light and dark, English and Chinese, into the folder that is named.
// With names of screens after it, of those alone.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DESKTOP, launch, PHONE } from "./support/browser.js";
import { undoing } from "./support/cleanup.js";
import { enter } from "./support/pages.js";
import { furnish, SCREENS, show } from "./support/screens.js";
import { serve } from "./support/server.js";

const [folder, ...wanted] = process.argv.slice(2);
const LANGUAGES = ["en-GB", "zh-CN"];
const SIZES = { desktop: DESKTOP, phone: PHONE };
const screens = SCREENS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

/** One window of every viewer, in a language and a size: each screen light and dark. */
async function take(browser, server, world, locale, size) {
  const viewers = new Map();
  for (const screen of screens) {
    if (!viewers.has(screen.as)) {
      const context = await browser.newContext({ baseURL: server.url, locale, reducedMotion: "reduce", ...SIZES[size] });
      const page = await context.newPage();
      if (screen.as) await enter(page, world[screen.as]);
      viewers.set(screen.as, page);
    }
    const page = viewers.get(screen.as);
    await show(page, screen, world);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const file = `${screen.name}-${size}-${colorScheme}-${locale.slice(0, 2)}.png`;
      await page.screenshot({ path: join(folder, file), animations: "disabled" });
      console.log(file);
    }
  }
  for (const page of viewers.values()) await page.context().close();
}

await mkdir(folder, { recursive: true });
await undoing(async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const world = await furnish(server);
  for (const locale of LANGUAGES) {
    for (const size of Object.keys(SIZES)) await take(browser, server, world, locale, size);
  }
});
