import assert from "node:assert/strict";
import { test } from "node:test";
import { Person, call } from "../support/people.js";
import { serve } from "../support/server.js";

/** Asserts that an answer is the problem document of a code. */
function assertProblem(answer, status, code) {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.match(answer.headers.get("content-type"), /^application\/problem\+json/);
  assert.equal(answer.body.code, code);
  assert.equal(answer.body.status, status);
  assert.ok(answer.body.request_id, "a problem names the request");
}

test("signing up, signing in by name or e-mail, and being refused", async (t) => {
  const server = await serve(t);
  const alice = await Person.register(server, "alice");
  const { username, email } = await alice.do("GET", "/api/auth/me");

  for (const name of [username, username.toUpperCase(), email]) {
    const answer = await call(server, "POST", "/api/auth/login", { body: { username: name, password: alice.password } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.user.id, alice.id);
    assert.ok(answer.body.expires_in > 0);
  }

  const login = (body) => call(server, "POST", "/api/auth/login", { body });
  assertProblem(await login({ username, password: "not the password" }), 401, "bad_credentials");
  assertProblem(await login({ username: "nobody-here", password: "not the password" }), 401, "bad_credentials");

  const form = { username, email: "other@example.org", password: crypto.randomUUID(), privacy_policy_accepted: true };
  const register = (change) => call(server, "POST", "/api/auth/register", { body: { ...form, ...change } });
  assertProblem(await register({}), 409, "name_taken");
  assertProblem(await register({ username: "alice-2", email }), 409, "email_taken");
  assertProblem(await register({ username: "alice-2", role: "admin" }), 400, "unknown_field");
  assertProblem(await register({ username: "alice-2", password: "short" }), 400, "weak_password");
  assertProblem(await register({ username: "alice-2", privacy_policy_accepted: false }), 400, "policy_not_accepted");
});

test("a session is refreshed, looked up and ended", async (t) => {
  const server = await serve(t);
  const alice = await Person.register(server, "alice");

  const refreshed = await call(server, "POST", "/api/auth/refresh", { body: { refresh_token: alice.refreshToken } });
  assert.equal(refreshed.status, 200);
  assert.notEqual(refreshed.body.refresh_token, alice.refreshToken);
  alice.token = refreshed.body.access_token;

  assert.equal((await alice.do("GET", "/api/auth/check")).authenticated, true);
  const device = await alice.connect();
  const gone = device.disconnected();
  await alice.do("POST", "/api/auth/logout");
  await gone;
  assertProblem(await alice.call("GET", "/api/auth/me"), 401, "unauthorized");
  assert.deepEqual((await call(server, "GET", "/api/auth/check")).body, { authenticated: false });
});

test("a guest gets in without an account", async (t) => {
  const server = await serve(t);
  const answer = await call(server, "POST", "/api/auth/guest", { body: { nickname: "Visitor" } });
  assert.ok(answer.status === 200 || answer.status === 201, JSON.stringify(answer.body));
  const guest = new Person(server, answer.body);
  assert.equal(guest.user.is_guest, true);
  assert.equal(guest.user.nickname, "Visitor");
  assertProblem(await guest.call("POST", "/api/rooms", { name: "A guest's room" }), 403, "guest_not_allowed");
});

test("a browser's cookie writes only from the server's own page", async (t) => {
  const server = await serve(t);
  const alice = await Person.register(server, "alice");
  const signIn = await call(server, "POST", "/api/auth/login", {
    body: { username: alice.user.username, password: alice.password },
    headers: { origin: server.url, "x-csrf": "1" },
  });
  assert.equal(signIn.status, 200, JSON.stringify(signIn.body));
  const [setCookie] = signIn.headers.getSetCookie();
  assert.match(setCookie, /HttpOnly/i);
  assert.match(setCookie, /SameSite=Lax/i);

  const cookie = setCookie.split(";")[0];
  const write = (headers) =>
    call(server, "POST", "/api/rooms", { body: { name: `Room ${crypto.randomUUID()}` }, headers: { cookie, ...headers } });
  assertProblem(await write({ origin: server.url }), 403, "csrf_failed");
  assertProblem(await write({ origin: "https://elsewhere.example", "x-csrf": "1" }), 403, "csrf_failed");
  const own = await write({ origin: server.url, "x-csrf": "1" });
  assert.ok(own.status === 200 || own.status === 201, JSON.stringify(own.body));
});
