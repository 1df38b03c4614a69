import { describe, expect, it } from 'vitest';
import { fakeHttp } from '../testing/fakes';
import { alice, bob, member, room } from '../testing/samples';
import { Members } from './members.svelte';
import { isMuted, mayInvite, mayWrite, moderationOf, type Standing } from './rights';

const as = (role: Standing['role']): Standing => ({ kind: 'room', role, presides: false, runs: false });

describe('a room’s members', () => {
  it('are read page by page and follow the log', async () => {
    const http = fakeHttp();
    const members = new Members(http, 1);
    http.answer('GET rooms/1/members?limit=200', { items: [member(alice, { role: 'owner' })], next: 'c2' });
    await members.load();
    http.answer('GET rooms/1/members?limit=200&cursor=c2', { items: [], next: null });
    await members.loadMore();
    members.apply({ type: 'user_joined', room_id: 1, seq: 11, user: bob, role: 'member', member_count: 2 });
    const role = { type: 'role' as const, user_id: bob.id, role: 'admin' as const };
    members.apply({ type: 'room_updated', room_id: 1, seq: 12, by: 1, change: role, room: room() });
    expect(members.get(bob.id)).toMatchObject({ role: 'admin', is_admin: true });
    members.apply({ type: 'user_left', room_id: 1, seq: 13, user: bob, reason: 'kicked', member_count: 1 });
    expect(members.all.map((one) => one.username)).toEqual(['alice']);
  });
});

it('what happens while the members are being read is not undone by the answer', async () => {
  let answer: (page: unknown) => void = () => {};
  const http = { ...fakeHttp(), get: <T>() => new Promise<T>((resolve) => (answer = resolve as never)) };
  const members = new Members(http, 1);
  const reading = members.load();
  members.apply({ type: 'user_joined', room_id: 1, seq: 11, user: bob, role: 'member', member_count: 2 });
  members.apply({ type: 'user_left', room_id: 1, seq: 12, user: alice, reason: 'left', member_count: 1 });
  answer({ items: [member(alice, { role: 'owner' })], next: null });
  await reading;
  expect(members.all.map((one) => one.username)).toEqual(['bob']);
});

describe('moderation', () => {
  it('is offered only over those below oneself', () => {
    expect(moderationOf(as('member'), 'member', false)).toEqual([]);
    expect(moderationOf(as('admin'), 'admin', false)).toEqual([]);
    expect(moderationOf(as('admin'), 'member', true)).toEqual(['unmute', 'kick', 'ban']);
    expect(moderationOf(as('owner'), 'admin', false)).toEqual(['demote', 'hand_over', 'mute', 'kick', 'ban']);
    expect(moderationOf(as('owner'), 'owner', false)).toEqual([]);
  });

  it('reaches the rooms of a community, but not their owners', () => {
    const presiding = { ...as('member'), presides: true };
    expect(moderationOf(presiding, 'admin', false)).toEqual(['demote', 'mute', 'kick', 'ban']);
    expect(moderationOf(presiding, 'owner', false)).toEqual([]);
    expect(moderationOf({ ...as(null), runs: true }, 'owner', false)).toEqual(['mute', 'kick', 'ban']);
  });

  it('in a community is for its admins, who mute nobody where they alone speak', () => {
    const admin = { ...as('admin'), kind: 'community' as const };
    expect(moderationOf(admin, 'member', false)).toEqual(['promote', 'kick', 'ban']);
    expect(moderationOf(admin, 'admin', false)).toEqual(['demote']);
    expect(moderationOf({ ...admin, role: 'owner' }, 'admin', false)).toEqual(['demote', 'hand_over', 'kick', 'ban']);
    expect(moderationOf({ ...admin, kind: 'direct' }, 'member', false)).toEqual([]);
  });

  it('says who may invite and write', () => {
    const [open, shut] = [{ is_private: false }, { is_private: true }];
    expect(mayInvite(open, as('member'))).toBe(true);
    expect(mayInvite(shut, as('member'))).toBe(false);
    expect(mayInvite(shut, as('admin'))).toBe(true);
    const membership = room().membership!;
    expect(mayWrite({ kind: 'community', membership })).toBe(false);
    expect(mayWrite({ kind: 'community', membership: { ...membership, is_admin: true } })).toBe(true);
    expect(mayWrite({ kind: 'room', membership })).toBe(true);
  });

  it('knows when a mute has ended', () => {
    const until = '2026-11-21T08:00:00.000Z';
    expect(isMuted(until, Date.parse(until) - 1)).toBe(true);
    expect(isMuted(until, Date.parse(until))).toBe(false);
    expect(isMuted(null, 0)).toBe(false);
  });
});
