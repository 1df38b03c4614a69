// Eight people talk while something is done to their server again and again. What was acknowledged is never lost,
// never doubled and never reordered, for anybody.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { chance } from "./chance.js";
import { Person, gather } from "./people.js";

const PEOPLE = 8;
/** A fault comes at most so long after the first acknowledgement since the last one. */
const LONGEST_CALM_MS = 500;
const ANSWER_LIMIT_MS = 5_000;
const REFUSED_PAUSE_MS = 20;
/** Whoever is called is told within. */
const TOLD_LIMIT_MS = 20_000;

/** Somebody who says one thing after another and repeats each until it is acknowledged. */
export class Talker {
  acknowledged = [];
  refused = [];
  unknown = 0;

  /** `repeats` are the refusals after which it is said again; everything said begins with `opening`. */
  constructor(device, room, { repeats = ["shutting_down"], opening = "" } = {}) {
    Object.assign(this, { device, room, repeats, opening });
  }

  async talkUntil(over, onAcknowledged) {
    for (let n = 0; !over(); n++) {
      const draft = { room_id: this.room.id, content: `${this.opening}word ${n}`, client_id: `${this.device.person.id}-${n}` };
      const answer = await this.#sayUntilAnswered(draft);
      if (!answer.ok) this.refused.push({ draft, answer });
      else this.acknowledged.push({ draft, message: answer.message, duplicate: answer.duplicate });
      onAcknowledged();
    }
  }

  async #sayUntilAnswered(draft) {
    for (;;) {
      await this.#online();
      try {
        const answer = await this.device.socket.timeout(ANSWER_LIMIT_MS).emitWithAck("send_message", draft);
        if (answer.ok || !this.repeats.includes(answer.error.code)) return answer;
        await sleep(REFUSED_PAUSE_MS);
      } catch {
        this.unknown += 1; // the connection ended first: whether it was stored is unknown, so it is said again
      }
    }
  }

  #online() {
    const { socket } = this.device;
    if (socket.connected) return undefined;
    return new Promise((connected, fail) => {
      socket.once("connect", connected);
      // Not active: the server refused, and nothing will try again.
      socket.on("connect_error", (error) => socket.active || fail(error));
    });
  }
}

/** Does the fault again and again, each time at a random moment after somebody was answered. */
async function disturb(server, { times, fault }, random, nextAcknowledgement) {
  const readyMs = [];
  for (let i = 0; i < times; i++) {
    await nextAcknowledgement();
    await sleep(random() * LONGEST_CALM_MS);
    await fault();
    const began = performance.now();
    await server.start();
    readyMs.push(performance.now() - began);
  }
  return readyMs.sort((a, b) => a - b);
}

/** Counts what the contract forbids, comparing what was acknowledged, stored and seen. */
function judge(talkers, stored, views) {
  const byClientId = new Map(stored.map((message) => [message.client_id, message]));
  const acknowledged = talkers.flatMap((talker) => talker.acknowledged);
  const isStoredAsSaid = ({ draft, message }) => {
    const found = byClientId.get(draft.client_id);
    return found?.id === message.id && found.seq === message.seq && found.content === draft.content;
  };
  const inOrder = (seqs) => seqs.every((seq, i) => i === 0 || seq > seqs[i - 1]);
  const [reference] = views.map((view) => view.lines().join("\n"));
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((said) => !isStoredAsSaid(said)).length,
    stored_twice: stored.length - byClientId.size,
    said_order_broken: talkers.filter((t) => !inOrder(t.acknowledged.map((said) => said.message.seq))).length,
    holes: views.reduce((sum, view) => sum + view.holes.length, 0),
    views_that_differ: views.filter((view) => view.lines().join("\n") !== reference).length,
    refused: talkers.flatMap((talker) => talker.refused).length,
  };
}

/**
 * Ends the server by `fault`, `times` over, under the load of eight people who each repeat what was not answered, or
 * refused for a reason among `repeats`. Where they `call`, each calls the next by name, who has to be told of it once.
 */
export async function talkThrough(t, server, { times, fault, repeats, call = false }) {
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, i) => Person.register(server, `talker${i}`)));
  const room = await people[0].createRoom();
  for (const person of people.slice(1)) await person.join(room);
  const { devices, from } = await gather(people, room, { reconnect: true });

  let over = false;
  let wake = () => {};
  const nextAcknowledgement = () => new Promise((acknowledged) => (wake = acknowledged));
  const next = (i) => people[(i + 1) % people.length];
  const opening = (i) => (call ? `@${next(i).user.username} ` : "");
  const talkers = devices.map((device, i) => new Talker(device, room, { repeats, opening: opening(i) }));
  const talking = talkers.map((talker) => talker.talkUntil(() => over, () => wake()));
  const disturbing = disturb(server, { times, fault }, chance(t), nextAcknowledgement)
    .finally(nextAcknowledgement)
    .finally(() => (over = true));
  const [readyMs] = await Promise.all([disturbing, ...talking]);

  const { last_seq: head } = await people[0].do("GET", `/api/rooms/${room.id}`);
  const views = await Promise.all(devices.map((device) => device.reaches(room, head, 30_000)));
  const stored = (await people[0].history(room)).filter((message) => message.seq > from);
  const verdict = judge(talkers, stored, views);
  report(t, times, verdict, talkers, views, readyMs);
  const { acknowledged, ...broken } = verdict;
  assert.ok(acknowledged >= times);
  for (const [what, count] of Object.entries(broken)) assert.equal(count, 0, what);
  assert.equal(views[0].entries.length, head - from, "the log has no gap");
  await assertSendingAgainIsSafe(talkers);
  if (call) await Promise.all(devices.map((device, i) => assertTold(t, devices[(i + 1) % devices.length], stored.filter(({ user_id }) => user_id === device.person.id))));
}

function report(t, times, verdict, talkers, views, readyMs) {
  const repeats = views.reduce((sum, view) => sum + view.repeats, 0);
  const unknown = talkers.reduce((sum, talker) => sum + talker.unknown, 0);
  t.diagnostic(`${times} faults; ${JSON.stringify(verdict)}; unknown, then repeated: ${unknown}; delivered again and dropped: ${repeats}`);
  t.diagnostic(`ready again: median ${Math.round(readyMs[times >> 1])} ms, worst ${Math.round(readyMs.at(-1))} ms`);
}

/** After all this, each client id still means the first message and no other. */
async function assertSendingAgainIsSafe(talkers) {
  for (const { acknowledged, device } of talkers) {
    const [{ draft, message }] = acknowledged;
    const again = await device.do("send_message", draft);
    assert.deepEqual([again.duplicate, again.message.id, again.message.seq], [true, message.id, message.seq]);
    const other = await device.ask("send_message", { ...draft, content: "something else" });
    assert.equal(other.error?.code, "idempotency_conflict");
  }
}

/** Somebody was told once of each of these messages, and of nothing else: in their list, and on their device. */
async function assertTold(t, { person, heard }, messages) {
  const wanted = messages.map(({ id }) => id).sort((a, b) => a - b);
  const deadline = performance.now() + TOLD_LIMIT_MS;
  let told = [];
  while (told.length < wanted.length && performance.now() < deadline) told = await notifications(person);
  const causes = told.map(({ message }) => message.id).sort((a, b) => a - b);
  assert.deepEqual(causes, wanted, "told of each message once");
  const places = new Map();
  for (const { name, payload } of heard) {
    if (name !== "notification") continue;
    const id = payload.notification.id;
    places.set(id, (places.get(id) ?? new Set()).add(payload.user_seq));
  }
  assert.ok([...places.values()].every((seqs) => seqs.size === 1), "a notification is told at one place of the log");
  t.diagnostic(`${person.user.username}: told of ${told.length} messages, ${places.size} of them live`);
}

/** All notifications of somebody, read page by page. */
async function notifications(person) {
  const all = [];
  for (let next = ""; next !== null; ) {
    const page = await person.do("GET", `/api/notifications?limit=200${next && `&cursor=${next}`}`);
    all.push(...page.items);
    next = page.next;
  }
  return all;
}
