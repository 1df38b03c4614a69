import { describe, expect, it } from 'vitest';
import { alice, bob, entry, room } from '../testing/samples';
import type { Room } from '../wire/types';
import { worthTelling } from './changes';
import { Rooms } from './rooms.svelte';

function inLobby() {
  const rooms = new Rooms(alice.id);
  rooms.put(room());
  return rooms;
}

describe('the rooms one is in', () => {
  it('count what others said since one read, and what mentions one', () => {
    const rooms = inLobby();
    rooms.apply(entry(11));
    rooms.apply(entry(12, { mentions: [alice.id] }));
    rooms.apply(entry(13, { user: alice }));
    rooms.apply(entry(14, { mentions_room: true }));
    rooms.apply(entry(14, { mentions_room: true }));
    expect(rooms.membership(1)).toMatchObject({ unread_count: 3, mention_count: 2 });

    rooms.read(1, 12, { room_id: 1, last_read_seq: 12, unread_count: 1, mention_count: 1 });
    expect(rooms.membership(1)).toMatchObject({ last_read_seq: 12, unread_count: 1, mention_count: 1 });
    rooms.read(1, 14);
    rooms.read(1, 3);
    expect(rooms.membership(1)).toMatchObject({ last_read_seq: 14, unread_count: 0, mention_count: 0 });
  });

  it('do not count what the blocked say', () => {
    const rooms = new Rooms(alice.id, (user) => user === bob.id);
    rooms.put(room());
    rooms.apply(entry(11, { mentions: [alice.id] }));
    expect(rooms.get(1)).toMatchObject({ last_seq: 11, membership: { unread_count: 0, mention_count: 0 } });
  });

  it('that go with their community are worth no note of their own', () => {
    const [club, bar, attic] = [room({ id: 4, kind: 'community' }), room({ id: 5, community_id: 4 }), room({ id: 6 })];
    const told = worthTelling([{ room: bar }, { room: club }, { room: attic }, { room: undefined }]);
    expect(told.map((one) => one.room.id)).toEqual([4, 6]);
    expect(worthTelling([{ room: bar }])).toEqual([{ room: bar }]);
  });

  it('follow settings, roles, mutes and the number of members', () => {
    const rooms = inLobby();
    rooms.put(room({ access_key: 'sesame' }));
    rooms.put(room());
    const { membership: _, ...card } = room({ name: 'Parlour' });
    rooms.apply({ type: 'room_updated', room_id: 1, seq: 11, by: 2, change: { type: 'settings' }, room: card });
    const role = { type: 'role' as const, user_id: alice.id, role: 'admin' as const };
    rooms.apply({ type: 'room_updated', room_id: 1, seq: 12, by: 2, change: role, room: card });
    const mute = { type: 'mute' as const, user_id: alice.id, muted_until: '2026-11-22T00:00:00.000Z' };
    rooms.apply({ type: 'room_updated', room_id: 1, seq: 13, by: 2, change: mute, room: card });
    rooms.apply({ type: 'user_left', room_id: 1, seq: 14, user: bob, reason: 'left', member_count: 1 });
    expect(rooms.get(1)).toMatchObject({
      name: 'Parlour',
      access_key: 'sesame',
      member_count: 1,
      last_seq: 14,
      membership: { role: 'admin', is_admin: true, muted_until: mute.muted_until },
    });
  });

  it('count nothing twice and lose nothing when the list is read again', async () => {
    const rooms = inLobby();
    rooms.put(room({ id: 5, name: 'left elsewhere' }));
    let answer!: (list: Room[]) => void;
    const reading = rooms.take(new Promise<Room[]>((resolve) => (answer = resolve)), { whole: true });
    rooms.apply(entry(11));
    rooms.apply(entry(12));
    rooms.put(room({ id: 7, name: 'joined meanwhile' }));
    rooms.put(room({ last_seq: 3, name: 'long ago' }));
    const unread = { ...room().membership!, unread_count: 1 };
    answer([room({ last_seq: 11, membership: unread })]);
    await reading;
    expect(rooms.all.map((one) => one.id)).toEqual([1, 7]);
    expect(rooms.get(1)).toMatchObject({ name: 'Lobby', last_seq: 12, membership: { unread_count: 2 } });
  });
});
