import { expect, it } from 'vitest';
import { fakeHttp, fakeLink } from '../testing/fakes';
import { bob, message } from '../testing/samples';
import type { LogEntry, Notification } from '../wire/types';
import { Bell } from './bell.svelte';

const notice = (id: number, is_read = false): Notification => ({
  id,
  notification_type: 'mention',
  is_read,
  timestamp: '2026-11-21T08:00:00.000Z',
  by: bob,
  room_id: 1,
  message: { id: id * 10, seq: id, excerpt: 'text', message_type: 'text' },
  request: null,
  change: null,
});

async function stage() {
  const [http, link] = [fakeHttp(), fakeLink()];
  const bell = new Bell(http);
  let own = 5;
  bell.follow(link, (place) => place > own && ((own = place), true));
  http.answer('GET notifications?limit=50', { items: [notice(3), notice(2, true), notice(1)], next: null, unread: [3, 1] });
  await bell.load();
  return { http, link, bell, shown: () => bell.all.map(({ id }) => id) };
}

it('shows what one is told of, the newest first, and counts what is unread', async () => {
  const { link, bell, shown } = await stage();
  expect([shown(), bell.unread]).toEqual([[3, 2, 1], 2]);
  link.tell('notification', { user_seq: 6, notification: notice(4) });
  expect([shown(), bell.unread]).toEqual([[4, 3, 2, 1], 3]);
  // What was seen already comes again with a new connection.
  link.tell('notifications_removed', { user_seq: 6, ids: [4] });
  link.tell('notifications_read', { user_seq: 7, ids: [3, 1, 99] });
  expect([bell.unread, bell.isUnread(4), bell.isUnread(3)]).toEqual([1, true, false]);
  link.tell('notifications_removed', { user_seq: 8, ids: [4, 2] });
  expect([shown(), bell.unread]).toEqual([[3, 1], 0]);
});

it('one that tells of something else takes its own place', async () => {
  const { link, bell } = await stage();
  link.tell('notification', { user_seq: 6, notification: { ...notice(1), notification_type: 'message' } });
  expect(bell.all.map(({ notification_type }) => notification_type)).toEqual(['mention', 'mention', 'message']);
  expect(bell.unread).toBe(2);
});

it('an edit is seen there too', async () => {
  const { bell } = await stage();
  const edited = message(3, { id: 30, content: `edited ${'字'.repeat(200)}` });
  bell.apply({ type: 'message_updated', room_id: 1, seq: 9, message: edited } as LogEntry);
  expect(bell.all[0]?.message?.excerpt).toBe(`edited ${'字'.repeat(133)}`);
});

it('what one reads is read, unless the server does not take it', async () => {
  const { http, bell } = await stage();
  http.fail('POST notifications/read', 'overloaded');
  await expect(bell.read(3)).rejects.toMatchObject({ code: 'overloaded' });
  expect(bell.unread).toBe(2);
  http.answer('POST notifications/read', undefined);
  await bell.read(3);
  expect(bell.unread).toBe(1);
  http.answer('POST notifications/read', undefined);
  await bell.readAll();
  expect(http.requests.at(-1)?.body).toEqual({ up_to: 1 });
  expect(bell.unread).toBe(0);
});

it('what is told while an answer is awaited holds against it', async () => {
  const { http, link, bell, shown } = await stage();
  const answer = http.hold('GET notifications?limit=50');
  const loading = bell.load();
  link.tell('notification', { user_seq: 6, notification: notice(4) });
  link.tell('notifications_read', { user_seq: 7, ids: [3] });
  answer({ items: [notice(3)], next: null, unread: [3] });
  await loading;
  expect([shown(), bell.unread]).toEqual([[4, 3], 1]);
});
