// What people do on the client's pages, by roles, labels and texts.

import { assertAccessible } from "./browser.js";
import { call, Person } from "./people.js";

export const PASSWORD = "correct horse battery";

/** Signs somebody up on the page that a newcomer sees. */
export async function signUp(page, name) {
  await page.goto("/");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await assertAccessible(page);
  await page.getByRole("link", { name: "Create account" }).click();
  await fillSignUp(page, name);
  await assertAccessible(page);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation", { name: "Rooms" }).waitFor();
}

export async function fillSignUp(page, name) {
  await page.getByLabel("User name").fill(name);
  await page.getByLabel("E-mail").fill(`${name}@example.org`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel("I accept the privacy policy").check();
}

/** Somebody with an account, made over the API. */
export async function settle(server, username, nickname = username, more = {}) {
  const email = `${username}@example.org`;
  const body = { username, nickname, email, password: PASSWORD, privacy_policy_accepted: true, ...more };
  const { status, body: signedIn } = await call(server, "POST", "/api/auth/register", { body });
  if (status !== 201) throw new Error(`${username}: ${JSON.stringify(signedIn)}`);
  return new Person(server, signedIn, PASSWORD);
}

/** Whoever runs the server, made by the link that it prints when it is new. */
export async function settleAdmin(server, username = "ada", nickname = "Ada") {
  const [, link] = await server.says(/sign up here to do so: (\S+)$/);
  return settle(server, username, nickname, { setup_code: decodeURIComponent(new URL(link).hash.slice(1)) });
}

/** Signs a person in to the browser of a page without its form, and opens an address. */
export async function enter(page, person, path = "/app") {
  const answer = await page.request.post("/api/auth/login", {
    data: { username: person.user.username, password: PASSWORD, remember: true },
    headers: { "X-CSRF": "1" },
  });
  if (!answer.ok()) throw new Error(await answer.text());
  await page.goto(path);
  await atHome(page);
}

export async function signIn(page, name) {
  await page.getByLabel("User name or e-mail").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await atHome(page);
}

/** The client knows one's rooms. On a phone they may be behind the screen. */
export const atHome = (page) => page.locator("nav").first().waitFor({ state: "attached" });

export async function createRoom(page, name) {
  await page.getByRole("link", { name: "New room" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await assertAccessible(page);
  await page.getByRole("button", { name: "Create room" }).click();
  await page.getByRole("heading", { name }).waitFor();
}

export async function findAndJoin(page, name) {
  await page.getByRole("link", { name: "Find rooms" }).first().click();
  await page.getByLabel("Search rooms").fill(name);
  await assertAccessible(page);
  await page.getByRole("button", { name: `Join: ${name}` }).click();
  await page.getByRole("heading", { name }).waitFor();
}

export const writing = (page) => page.getByRole("textbox", { name: /^Message / });

export async function say(page, text) {
  await writing(page).fill(text);
  // On a phone Enter begins a new line.
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

export const hears = (page, text) => page.getByRole("log").getByText(text).waitFor();

/** The line of a room in the list. */
export const inList = (page, name) =>
  page.getByRole("navigation", { name: "Rooms" }).getByRole("listitem").filter({ hasText: name });
