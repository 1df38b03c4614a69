import { describe, expect, it, vi } from 'vitest';
import { fakeHttp, fakeLink, memoryStorage } from '../testing/fakes';
import { alice, bob } from '../testing/samples';
import type { Blocked, Friend, FriendRequest, UserBrief } from '../wire/types';
import { Friends, type FriendNews } from './friends.svelte';

const AT = '2026-11-21T08:00:00.000Z';
const eve: UserBrief = { ...bob, id: 3, username: 'eve', nickname: 'Eve' };
const friend = (user: UserBrief): Friend => ({ ...user, since: AT, is_online: true, last_seen: null });
const request = (id: number, from: UserBrief, to: UserBrief): FriendRequest => ({ id, from, to, created_at: AT });
const blocked = (user: UserBrief): Blocked => ({ ...user, blocked_at: AT });

const LISTS = ['GET friends?limit=200', 'GET friends/requests?limit=200', 'GET blocks?limit=200'] as const;

function stage({ storage = memoryStorage(), isGuest = false } = {}) {
  const [http, link] = [fakeHttp(), fakeLink()];
  const told: FriendNews[] = [];
  const friends = new Friends({
    http,
    me: { id: alice.id, is_guest: isGuest },
    storage,
    storageKey: 'blocked',
    tell: (news) => told.push(news),
  });
  let place = 5;
  friends.follow(link, (seq) => seq > place && ((place = seq), true));
  return { http, link, friends, told, storage };
}

async function furnished() {
  const world = stage();
  world.http.answer(LISTS[0], { items: [friend(bob)] });
  world.http.answer(LISTS[1], { items: [request(7, eve, alice)] });
  world.http.answer(LISTS[2], { items: [] });
  await world.friends.load();
  return world;
}

describe('friends', () => {
  it('are read whole, with what waits on both sides', async () => {
    const { friends } = await furnished();
    expect(friends.all.map((one) => one.id)).toEqual([bob.id]);
    expect(friends.incoming.map((one) => one.from.id)).toEqual([eve.id]);
    expect(friends.outgoing).toEqual([]);
    expect(friends.relationTo(bob.id).is).toBe('friend');
    expect(friends.relationTo(eve.id).is).toBe('asking');
    expect(friends.relationTo(9).is).toBe('stranger');
  });

  it('what is told while an answer is awaited holds against it', async () => {
    const { http, link, friends } = stage();
    const answers = LISTS.map((list) => http.hold(list));
    const loading = friends.load();
    link.tell('friend_removed', { user_seq: 6, user_id: bob.id });
    link.tell('friend_request', { user_seq: 7, request: request(8, alice, eve) });
    answers[0]!({ items: [friend(bob)] });
    answers[1]!({ items: [] });
    answers[2]!({ items: [] });
    await loading;
    expect(friends.all).toEqual([]);
    expect(friends.outgoing.map((one) => one.id)).toEqual([8]);
  });

  it('a request comes, is accepted elsewhere, and is told of once', async () => {
    const { link, friends, told } = await furnished();
    const asks = { user_seq: 6, request: request(9, { ...eve, id: 4 }, alice) };
    link.tell('friend_request', asks);
    link.tell('friend_request', asks);
    expect(told).toEqual([{ type: 'asked', user: asks.request.from }]);
    expect(friends.incoming.map((one) => one.id)).toEqual([9, 7]);
    link.tell('friend_request_removed', { user_seq: 7, request_id: 7, user_id: eve.id, outcome: 'accepted' });
    link.tell('friend_update', { user_seq: 8, user: eve, since: AT });
    expect(friends.relationTo(eve.id).is).toBe('friend');
    // One said so oneself, on another device.
    expect(told).toHaveLength(1);
  });

  it('who asks hears of the answer', async () => {
    const { http, link, friends, told } = await furnished();
    const mine = request(11, alice, { ...eve, id: 4 });
    http.answer('POST friends/requests', { request: mine, accepted: false });
    await friends.ask(mine.to);
    expect(friends.relationTo(4).is).toBe('asked');
    link.tell('friend_request_removed', { user_seq: 6, request_id: 11, user_id: 4, outcome: 'accepted' });
    expect(told).toEqual([{ type: 'accepted', user: mine.to }]);
  });

  it('two who ask each other are friends at once', async () => {
    const { http, friends } = await furnished();
    http.answer('POST friends/requests', { request: request(7, eve, alice), accepted: true });
    await friends.ask(eve);
    expect(friends.relationTo(eve.id).is).toBe('friend');
    expect(friends.incoming).toEqual([]);
  });

  it('a refusal changes nothing', async () => {
    const { http, friends } = await furnished();
    http.fail('POST friends/requests/7/accept', 'not_found');
    await expect(friends.accept(7)).rejects.toMatchObject({ code: 'not_found' });
    expect(friends.relationTo(eve.id).is).toBe('asking');
  });

  it('declining, withdrawing and parting leave strangers', async () => {
    const { http, link, friends } = await furnished();
    http.answer('POST friends/requests/7/decline', undefined);
    await friends.decline(7);
    expect(friends.relationTo(eve.id).is).toBe('stranger');
    http.answer(`DELETE friends/${bob.id}`, undefined);
    await friends.part(bob.id);
    expect(friends.relationTo(bob.id).is).toBe('stranger');
    link.tell('friend_request', { user_seq: 6, request: request(8, alice, bob) });
    http.answer('DELETE friends/requests/8', undefined);
    await friends.withdraw(8);
    expect(friends.outgoing).toEqual([]);
  });
});

describe('blocks', () => {
  it('end friendships and requests, and are kept for the next start', async () => {
    const { http, friends, storage } = await furnished();
    for (const user of [bob, eve]) {
      http.answer(`PUT blocks/${user.id}`, blocked(user));
      await friends.block(user.id);
      expect(friends.isBlocked(user.id)).toBe(true);
      expect(friends.relationTo(user.id).is).toBe('stranger');
    }
    const again = stage({ storage });
    expect(again.friends.isBlocked(bob.id)).toBe(true);
    expect(again.friends.blocked).toEqual([]);
    http.answer(`DELETE blocks/${bob.id}`, undefined);
    await friends.unblock(bob.id);
    expect(stage({ storage }).friends.isBlocked(bob.id)).toBe(false);
    friends.forget();
    expect(stage({ storage }).friends.isBlocked(eve.id)).toBe(false);
  });

  it('follow other devices', async () => {
    const { link, friends } = await furnished();
    link.tell('block_update', { user_seq: 6, user: bob, blocked_at: AT });
    expect(friends.blocked.map((one) => one.id)).toEqual([bob.id]);
    link.tell('block_update', { user_seq: 7, user: bob, blocked_at: null });
    expect(friends.isBlocked(bob.id)).toBe(false);
  });

  it('survive nonsense in the storage', () => {
    for (const nonsense of ['{', '{"a":1}', '["x",null]']) {
      expect(stage({ storage: memoryStorage({ blocked: nonsense }) }).friends.isBlocked(1)).toBe(false);
    }
  });
});

it('guests ask for nothing, and what failed is said', async () => {
  const guest = stage({ isGuest: true });
  await guest.friends.load();
  expect(guest.http.requests).toEqual([]);
  const { http, friends } = stage();
  for (const list of LISTS) http.fail(list, 'overloaded');
  await friends.load();
  expect(friends.problem?.code).toBe('overloaded');
  expect(friends.loaded).toBe(false);
  await vi.waitFor(() => expect(http.requests).toHaveLength(3));
});
