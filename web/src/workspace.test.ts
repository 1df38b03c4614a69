import { describe, expect, it, vi } from 'vitest';
import { fakeHttp, fakeLink, memoryStorage } from './testing/fakes';
import { alice, bob, entry, me, message, room } from './testing/samples';
import type { Positions } from './wire/types';
import { Workspace } from './workspace.svelte';

const LIST = 'GET rooms?scope=joined&limit=200';

async function atWork() {
  const http = fakeHttp();
  const link = fakeLink();
  let resume: () => Positions = () => ({ me: 0 });
  const onRefused = vi.fn();
  const onRemoved = vi.fn();
  const workspace = new Workspace({
    http,
    me,
    connect: (positions) => {
      resume = positions;
      return link;
    },
    local: memoryStorage(),
    tab: memoryStorage(),
    onRefused,
    onRemoved,
  });
  http.answer(LIST, { items: [room()], next: null });
  await workspace.start();
  link.turn('online');
  const timeline = workspace.timeline(1);
  http.answer('GET rooms/1/messages?limit=50', { items: [message(9)], next: null, last_seq: 10 });
  await timeline.loadLatest();
  const shown = () => timeline.items.map((item) => item.content);
  return { http, link, workspace, timeline, shown, onRefused, onRemoved, resume: () => resume() };
}

describe('at work', () => {
  it('what one writes shows at once, and as one message whatever arrives first', async () => {
    const { link, workspace, shown } = await atWork();
    const writing = { roomId: 1, content: 'hi', type: 'text' as const, replyTo: null };
    workspace.outbox.send(writing);
    expect(workspace.outbox.of(1)).toHaveLength(1);
    const { payload, answer } = link.all('send_message')[0]!;
    const stored = message(11, { user: alice, content: 'hi', client_id: payload.client_id });
    link.tell('new_message', { room_id: 1, seq: 11, message: stored });
    expect(workspace.outbox.of(1)).toHaveLength(0);
    answer({ message: stored, duplicate: false });
    await Promise.resolve();
    expect(shown()).toEqual(['message 9', 'hi']);
    expect(workspace.rooms.membership(1)?.unread_count).toBe(0);
  });

  it('a lost connection resumes where it broke, and sends what waited', async () => {
    const { http, link, workspace, shown, resume } = await atWork();
    link.tell('new_message', entry(11) as never);
    link.turn('offline');
    workspace.outbox.send({ roomId: 1, content: 'written offline', type: 'text', replyTo: null });
    link.all('send_message')[0]!.fail('unreachable');
    await vi.waitFor(() => expect(resume()).toEqual({ 1: 11, me: 5 }));
    http.answer(LIST, { items: [room({ last_seq: 12 })], next: null });
    link.turn('online');
    link.tell('new_message', entry(12) as never);
    link.tell('new_message', entry(12) as never);
    expect(shown()).toEqual(['message 9', 'message 11', 'message 12']);
    await vi.waitFor(() => expect(link.all('send_message')).toHaveLength(2));
  });

  it('a room is read ahead when somebody is about to open it, and left alone while they look at its past', async () => {
    const { http, workspace } = await atWork();
    const past = workspace.timeline(2);
    http.answer('GET rooms/2/messages?around=3&limit=50', { items: [message(3)], next: 'more', last_seq: 400 });
    await past.loadAround(3);
    const asked = http.requests.length;
    workspace.prepare(2);
    await new Promise((next) => setTimeout(next));
    expect([http.requests.length - asked, past.items[0]?.seq]).toEqual([0, 3]);

    http.answer('GET rooms/3/messages?limit=50', { items: [message(1, { room_id: 3 })], next: null, last_seq: 1 });
    workspace.prepare(3);
    await vi.waitFor(() => expect(workspace.timeline(3).items).toHaveLength(1));
  });

  it('a hole is filled by asking for what came after', async () => {
    const { link, shown } = await atWork();
    link.tell('new_message', entry(13) as never);
    expect(shown()).toEqual(['message 9']);
    const asked = link.all('join_room')[0]!;
    expect(asked.payload).toEqual({ room_id: 1, after_seq: 10 });
    asked.answer({ room: room({ last_seq: 13 }), seq: 13, entries: [entry(11), entry(12), entry(13)] });
    await vi.waitFor(() => expect(shown()).toEqual(['message 9', 'message 11', 'message 12', 'message 13']));
  });

  it('after a resync everything is read afresh', async () => {
    const { http, link, shown } = await atWork();
    http.answer('GET rooms/1/messages?limit=50', { items: [message(900)], next: 'c', last_seq: 900 });
    link.tell('resync', { rooms: [1], reason: 'too_many' });
    link.all('join_room')[0]!.answer({ room: room({ last_seq: 900 }), seq: 900, resync: true });
    await vi.waitFor(() => expect(shown()).toEqual(['message 900']));
    link.tell('new_message', entry(901) as never);
    expect(shown()).toEqual(['message 900', 'message 901']);
  });

  it('reading is told once, and reading elsewhere counts here', async () => {
    const { http, link, workspace } = await atWork();
    await workspace.markRead(1);
    expect(link.all('read')).toHaveLength(0);
    link.tell('new_message', entry(11) as never);
    void workspace.markRead(1);
    void workspace.markRead(1);
    expect(link.all('read').map(({ payload }) => payload)).toEqual([{ room_id: 1, seq: 11 }]);

    link.tell('new_message', entry(12) as never);
    link.tell('new_message', entry(13) as never);
    const counted = { ...room().membership!, last_read_seq: 12, unread_count: 1 };
    http.answer('GET rooms/1', room({ last_seq: 13, membership: counted }));
    link.tell('read_update', { room_id: 1, user_id: me.id, seq: 12 });
    await vi.waitFor(() => expect(workspace.rooms.membership(1)?.unread_count).toBe(1));
    link.tell('read_update', { room_id: 1, user_id: me.id, seq: 13 });
    expect(workspace.rooms.membership(1)?.unread_count).toBe(0);
  });

  it('rooms come and go as the server says', async () => {
    const { link, workspace, onRemoved, resume } = await atWork();
    link.tell('room_joined', { room_id: 2, seq: 1, user_seq: 6, room: room({ id: 2, name: 'New', last_seq: 1 }) });
    link.tell('new_message', { ...entry(2), room_id: 2 } as never);
    expect(workspace.rooms.get(2)?.last_seq).toBe(2);
    link.tell('room_removed', { room_id: 1, seq: 11, user_seq: 7, reason: 'kicked' });
    expect(workspace.rooms.get(1)).toBeUndefined();
    expect(onRemoved).toHaveBeenCalledWith(expect.objectContaining({ reason: 'kicked', room: room() }));
    expect(resume()).toEqual({ 2: 2, me: 7 });
    link.tell('room_joined', { room_id: 2, seq: 2, room: room({ id: 2, name: 'New', last_seq: 2 }) });
    link.tell('room_removed', { room_id: 2, seq: 2, user_seq: 5, reason: 'left' });
    expect(resume()).toEqual({ 2: 2, me: 7 });
  });

  it('told to read everything again, one takes the list of rooms and one’s own place afresh', async () => {
    const { http, link, workspace, resume } = await atWork();
    http.answer('GET auth/me', { ...me, user_seq: 3 });
    http.answer(LIST, { items: [room({ id: 4, last_seq: 2 })], next: null });
    link.tell('resync', { rooms: [], reason: 'reset' });
    await vi.waitFor(() => expect(resume()).toEqual({ 4: 2, me: 3 }));
    expect(workspace.rooms.get(1)).toBeUndefined();
  });

  it('a message ends its author’s typing; a refused session ends the work', async () => {
    const { link, workspace, onRefused } = await atWork();
    link.tell('typing_update', { room_id: 1, user: bob, typing: true });
    expect(workspace.typing.in(1)).toEqual([bob]);
    link.tell('new_message', entry(11, { user: bob }) as never);
    expect(workspace.typing.in(1)).toEqual([]);
    link.refuse();
    expect(onRefused).toHaveBeenCalled();
    workspace.close();
  });
});
