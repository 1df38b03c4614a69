// A certified OpenID provider by which people sign in, and a server that is told of it.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Provider } from "oidc-provider";
import { afterwards } from "./cleanup.js";
import { freePort, newFolder, serve } from "./server.js";

const CLIENT = { client_id: "parlor", client_secret: "as long as it is wide" };

/** Starts both; everybody whom the provider lets in has the name that they give it. */
export async function serveWithProvider(t) {
  const [port, own] = [await freePort(), await freePort()];
  const issuer = `http://127.0.0.1:${own}`;
  const provider = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [`http://127.0.0.1:${port}/api/auth/oauth/callback`] }],
    claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email", "email_verified"] },
    cookies: { keys: ["of this test alone"] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, name: `${id} of work`, email: `${id}@example.org`, email_verified: true }),
    }),
  });
  const listener = await new Promise((ready, fail) => {
    const listening = provider.listen(own, "127.0.0.1", () => ready(listening)).once("error", fail);
  });
  afterwards(t, () => {
    listener.closeAllConnections();
    return new Promise((closed) => listener.close(closed));
  });
  const config = join(await newFolder(t), "parlor.toml");
  const settings = [
    'outgoing_networks = ["127.0.0.1"]',
    "[providers.work]",
    ...Object.entries({ label: "Work", issuer, ...CLIENT }).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
  ];
  await writeFile(config, settings.join("\n"));
  return serve(t, { port, flags: ["--config", config] });
}

/** Signs in on the provider's own pages, which ask for a name and then for consent. */
export async function signInThere(page, name) {
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.getByRole("button", { name: "Continue" }).click();
}
