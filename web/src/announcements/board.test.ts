import { expect, it } from 'vitest';
import { fakeHttp, fakeLink } from '../testing/fakes';
import type { Announcement } from '../wire/types';
import { Board } from './board.svelte';

const notice = (id: number): Announcement => ({
  id,
  title: `Notice ${id}`,
  content: 'text',
  by: null,
  created_at: '2026-11-21T08:00:00.000Z',
});

function stage() {
  const [http, link] = [fakeHttp(), fakeLink()];
  const board = new Board(http);
  let own = 5;
  board.follow(link, (place) => place > own && ((own = place), true));
  return { http, link, board, shown: () => board.all.map(({ id }) => id) };
}

it('shows what holds, the newest first, and follows what is told', async () => {
  const { http, link, board, shown } = stage();
  expect(board.place).toBeUndefined();
  http.answer('GET announcements', { items: [notice(2), notice(1)], next: null, server_seq: 4 });
  await board.load();
  expect(shown()).toEqual([2, 1]);
  link.tell('announcement', { server_seq: 5, announcement: notice(3) });
  link.tell('announcement_withdrawn', { server_seq: 6, announcement_id: 1 });
  expect(shown()).toEqual([3, 2]);
  expect(board.place).toBe(6);
  // What was seen already comes again with a new connection.
  link.tell('announcement', { server_seq: 4, announcement: notice(1) });
  expect(shown()).toEqual([3, 2]);
});

it('what one dismisses is gone here and on other devices', async () => {
  const { http, link, board, shown } = stage();
  http.answer('GET announcements', { items: [notice(1), notice(2), notice(3)], next: null, server_seq: 4 });
  await board.load();
  http.fail('PUT announcements/3/dismissal', 'overloaded');
  await expect(board.dismiss(3)).rejects.toMatchObject({ code: 'overloaded' });
  http.answer('PUT announcements/3/dismissal', undefined);
  await board.dismiss(3);
  link.tell('announcement_dismissed', { user_seq: 6, announcement_id: 2 });
  link.tell('announcement_dismissed', { user_seq: 6, announcement_id: 1 });
  expect(shown()).toEqual([1]);
});

it('what is told while an answer is awaited holds against it', async () => {
  const { http, link, board, shown } = stage();
  const answer = http.hold('GET announcements');
  const loading = board.load();
  link.tell('announcement_withdrawn', { server_seq: 5, announcement_id: 1 });
  answer({ items: [notice(1)], next: null, server_seq: 4 });
  await loading;
  expect(shown()).toEqual([]);
  expect(board.place).toBe(5);
});
