import { describe, expect, it } from 'vitest';
import { fakeHttp } from '../testing/fakes';
import { alice, entry, message } from '../testing/samples';
import type { History, LogEntry } from '../wire/types';
import { MOST_AT_HAND, Timeline } from './timeline.svelte';

const page = (seqs: number[], last_seq: number, next: string | null = null): History => ({
  items: seqs.map((seq) => message(seq)),
  next,
  last_seq,
});
const seqs = (timeline: Timeline) => timeline.items.map((item) => item.seq);

describe('a timeline', () => {
  it('shows the newest page, reads back to the start, and takes what is said', async () => {
    const http = fakeHttp();
    const timeline = new Timeline(http, 1);
    http.answer('GET rooms/1/messages?limit=50', page([5, 6, 8], 8, 'more'));
    await timeline.loadLatest();
    http.answer('GET rooms/1/messages?before=5&limit=100', page([2, 4], 8));
    await timeline.loadOlder();
    timeline.apply(entry(9));
    expect(seqs(timeline)).toEqual([2, 4, 5, 6, 8, 9]);
    expect(timeline.reachesStart).toBe(true);
  });

  it('is read once where it is opened ahead and in earnest, at the first unread message or at the end', async () => {
    const http = fakeHttp();
    const timeline = new Timeline(http, 1);
    const respond = http.hold('GET rooms/1/messages?limit=50');
    const read = { unread_count: 0, last_read_seq: 8 };
    const opened = [timeline.open(read), timeline.open(read)];
    await Promise.resolve();
    respond(page([7, 8], 8));
    await Promise.all(opened);
    expect(http.requests).toHaveLength(1);

    const another = new Timeline(http, 1);
    http.answer('GET rooms/1/messages?around=100&limit=50', page([99, 100, 101], 400, 'more'));
    await another.open({ unread_count: 300, last_read_seq: 100 });
    expect(seqs(another)).toEqual([99, 100, 101]);
  });

  it('that could not be read ahead is read when it is opened', async () => {
    const http = fakeHttp();
    const timeline = new Timeline(http, 1);
    await timeline.open(null);
    expect(timeline.problem?.code).toBe('unreachable');
    http.answer('GET rooms/1/messages?limit=50', page([8], 8));
    await timeline.open(null);
    expect([seqs(timeline), timeline.problem]).toEqual([[8], null]);
  });

  it('keeps what happened while an older answer was on its way', async () => {
    const http = fakeHttp();
    const timeline = new Timeline(http, 1);
    const respond = http.hold('GET rooms/1/messages?limit=50');
    const loading = timeline.loadLatest();
    timeline.apply(entry(9));
    const edited = message(8, { content: 'edited' });
    timeline.apply({ type: 'message_updated', room_id: 1, seq: 10, message: edited });
    respond(page([7, 8], 8));
    await loading;
    expect(seqs(timeline)).toEqual([7, 8, 9]);
    expect(timeline.items[1]?.content).toBe('edited');
  });

  it('does not append what is said while it looks at the past', async () => {
    const http = fakeHttp();
    const timeline = new Timeline(http, 1);
    http.answer('GET rooms/1/messages?around=20&limit=50', page([19, 20, 21], 400, 'more'));
    await timeline.loadAround(20);
    timeline.apply(entry(401));
    expect(seqs(timeline)).toEqual([19, 20, 21]);
    http.answer('GET rooms/1/messages?after=21&limit=100', page([22, 401], 401));
    await timeline.loadNewer();
    timeline.apply(entry(402));
    expect(seqs(timeline)).toEqual([19, 20, 21, 22, 401, 402]);
  });

  it('shows edits, deletions, reactions and read marks, in quotations too', async () => {
    const http = fakeHttp();
    const timeline = new Timeline(http, 1);
    const quoted = { id: 1001, seq: 1, user: alice, excerpt: 'message 1', message_type: 'text' as const, is_deleted: false };
    http.answer('GET rooms/1/messages?limit=50', {
      ...page([1], 2),
      items: [message(1, { user: alice }), message(2, { reply_to: quoted })],
    });
    await timeline.loadLatest();
    const reactions = [{ emoji: '👍', count: 1, user_ids: [2] }];
    const events: LogEntry[] = [
      { type: 'reaction_update', room_id: 1, seq: 3, message_id: 1002, user_id: 2, emoji: '👍', added: true, reactions },
      { type: 'message_updated', room_id: 1, seq: 4, message: message(1, { user: alice, content: 'better' }) },
    ];
    events.forEach((e) => timeline.apply(e));
    expect(timeline.items[1]?.reactions).toEqual(reactions);
    expect(timeline.items[1]?.reply_to?.excerpt).toBe('better');

    timeline.markRead(alice.id, 1);
    expect(timeline.items.map((item) => item.status)).toEqual(['read', 'sent']);

    const gone = message(1, { user: alice, content: '', is_deleted: true });
    timeline.apply({ type: 'message_deleted', room_id: 1, seq: 5, message_id: 1001, deleted_by: 1, message: gone });
    expect(timeline.items[0]?.is_deleted).toBe(true);
    expect(timeline.items[1]?.reply_to).toEqual({ ...quoted, excerpt: '', is_deleted: true });
  });

  it('lets go of what was removed for good, also where it was quoted', async () => {
    const http = fakeHttp();
    const timeline = new Timeline(http, 1);
    const quoted = { id: 1002, seq: 2, user: alice, excerpt: 'message 2', message_type: 'text' as const, is_deleted: false };
    const items = [message(2, { user: alice }), message(3), message(5, { reply_to: quoted })];
    http.answer('GET rooms/1/messages?limit=50', { ...page([2], 5, 'more'), items });
    await timeline.loadLatest();
    timeline.apply({ type: 'messages_removed', room_id: 1, seq: 6, up_to: 3 });
    expect(seqs(timeline)).toEqual([5]);
    expect(timeline.items[0]?.reply_to).toBeNull();
    expect(timeline.reachesStart).toBe(true);
    timeline.apply({ type: 'messages_removed', room_id: 1, seq: 7, up_to: 4 });
    expect(seqs(timeline)).toEqual([5]);
    timeline.apply({ type: 'messages_removed', room_id: 1, seq: 8, up_to: 7 });
    expect(seqs(timeline)).toEqual([]);
    timeline.apply(entry(9));
    expect(seqs(timeline)).toEqual([9]);
  });

  it('keeps a bounded stretch at hand, on whichever side one reads', async () => {
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
    const http = fakeHttp();
    const timeline = new Timeline(http, 1);
    http.answer('GET rooms/1/messages?limit=50', page(range(4951, 5000), 5000, 'more'));
    await timeline.loadLatest();
    for (let first = 4951; first > 3000; first -= 100) {
      http.answer(`GET rooms/1/messages?before=${first}&limit=100`, page(range(first - 100, first - 1), 5000, 'more'));
      await timeline.loadOlder();
    }
    expect(timeline.items).toHaveLength(MOST_AT_HAND);
    expect([timeline.holds(2960), timeline.holds(5000)]).toEqual([true, false]);

    http.answer('GET rooms/1/messages?limit=50', page(range(4951, 5000), 5000));
    await timeline.loadLatest();
    timeline.readingFrom = 4960;
    for (const seq of range(5001, 7000)) timeline.apply(entry(seq));
    expect(timeline.items[0]?.seq).toBe(4960);
    timeline.readingFrom = null;
    timeline.apply(entry(7001));
    expect(timeline.items.length).toBeLessThanOrEqual(MOST_AT_HAND + 100);
    expect(timeline.reachesStart).toBe(false);
  });

  it('says when a page could not be read, and can be asked again', async () => {
    const http = fakeHttp();
    const timeline = new Timeline(http, 1);
    http.fail('GET rooms/1/messages?limit=50', 'storage_unavailable');
    await timeline.loadLatest();
    expect(timeline.problem?.code).toBe('storage_unavailable');
    http.answer('GET rooms/1/messages?limit=50', page([1], 1));
    await timeline.loadLatest();
    expect(timeline.problem).toBeNull();
    expect(seqs(timeline)).toEqual([1]);
  });
});
