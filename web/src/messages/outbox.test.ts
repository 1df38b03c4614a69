import { describe, expect, it, vi } from 'vitest';
import { fakeLink, memoryStorage } from '../testing/fakes';
import { alice, message } from '../testing/samples';
import type { Message } from '../wire/types';
import { Outbox } from './outbox.svelte';

function writing(content: string) {
  return { roomId: 1, content, type: 'text' as const, replyTo: null };
}

function setUp(storage = memoryStorage()) {
  const link = fakeLink();
  const posted: Message[] = [];
  const timers: (() => void)[] = [];
  let ids = 0;
  const outbox = new Outbox({
    link,
    storage,
    storageKey: 'outbox',
    onPosted: (said) => posted.push(said),
    newId: () => `id-${++ids}`,
    now: () => 0,
    later: (run) => timers.push(run),
  });
  const sent = () => link.all('send_message');
  const stored = (seq: number) => ({ message: message(seq, { user: alice }), duplicate: false });
  return { outbox, link, storage, posted, timers, sent, stored };
}

const states = (outbox: Outbox) => outbox.of(1).map(({ content, state }) => `${content}: ${state}`);

describe('the outbox', () => {
  it('sends in the order of writing, one after another', async () => {
    const { outbox, sent, stored, posted } = setUp();
    outbox.send(writing('one'));
    outbox.send(writing('two'));
    expect(states(outbox)).toEqual(['one: sending', 'two: sending']);
    expect(sent()).toHaveLength(1);

    sent()[0]!.answer(stored(1));
    await vi.waitFor(() => expect(sent()).toHaveLength(2));
    sent()[1]!.answer(stored(2));
    await vi.waitFor(() => expect(states(outbox)).toEqual([]));
    expect(sent().map(({ payload }) => payload.content)).toEqual(['one', 'two']);
    expect(posted.map((said) => said.seq)).toEqual([1, 2]);
  });

  it('sends again under the same id after the connection broke', async () => {
    const { outbox, sent, stored } = setUp();
    outbox.send(writing('hello'));
    sent()[0]!.fail('unreachable');
    await vi.waitFor(() => expect(states(outbox)).toEqual(['hello: sending']));
    await Promise.resolve();
    outbox.resume();
    await vi.waitFor(() => expect(sent()).toHaveLength(2));
    expect(sent()[1]!.payload).toEqual(sent()[0]!.payload);
    sent()[1]!.answer({ ...stored(1), duplicate: true });
    await vi.waitFor(() => expect(states(outbox)).toEqual([]));
  });

  it('waits and tries again by itself while the server is busy', async () => {
    const { outbox, sent, timers } = setUp();
    outbox.send(writing('hello'));
    sent()[0]!.fail('rate_limited');
    await vi.waitFor(() => expect(timers).toHaveLength(1));
    timers[0]!();
    await vi.waitFor(() => expect(sent()).toHaveLength(2));
  });

  it('keeps a refused message for retrying or discarding, and goes on with the next', async () => {
    const { outbox, sent, stored } = setUp();
    outbox.send(writing('refused'));
    outbox.send(writing('next'));
    sent()[0]!.fail('muted');
    await vi.waitFor(() => expect(states(outbox)).toEqual(['refused: failed', 'next: sending']));
    expect(outbox.of(1)[0]?.problem?.code).toBe('muted');
    sent()[1]!.answer(stored(1));
    await vi.waitFor(() => expect(states(outbox)).toEqual(['refused: failed']));

    outbox.retry(1, 'id-1');
    await vi.waitFor(() => expect(sent()).toHaveLength(3));
    expect(sent()[2]!.payload.client_id).toBe('id-1');
    sent()[2]!.fail('muted');
    await vi.waitFor(() => expect(states(outbox)).toEqual(['refused: failed']));
    outbox.discard(1, 'id-1');
    expect(states(outbox)).toEqual([]);
  });

  it('lets go of a message that the log already shows', () => {
    const { outbox } = setUp();
    outbox.send(writing('hello'));
    outbox.settle(1, 'id-of-somebody-else');
    expect(states(outbox)).toEqual(['hello: sending']);
    outbox.settle(1, 'id-1');
    expect(states(outbox)).toEqual([]);
  });

  it('keeps what is unsent over a reload', () => {
    const before = setUp();
    before.outbox.send(writing('hello'));
    const after = setUp(before.storage);
    expect(states(after.outbox)).toEqual(['hello: sending']);
    after.outbox.resume();
    expect(after.sent()[0]!.payload.client_id).toBe('id-1');
    expect(setUp(memoryStorage({ outbox: 'not json' })).outbox.of(1)).toEqual([]);
  });
});
