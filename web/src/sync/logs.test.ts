import { describe, expect, it, vi } from 'vitest';
import { Problem } from '../wire/problem';
import type { JoinedRoom, LogEntry } from '../wire/types';
import { entry, room } from '../testing/samples';
import { Logs } from './logs';

function reading(answers: (JoinedRoom | Problem)[] = []) {
  const seen: number[] = [];
  const asked: (number | undefined)[] = [];
  const resets: number[] = [];
  const lost: number[] = [];
  const logs = new Logs({
    apply: (e) => seen.push(e.seq),
    reset: (answer) => resets.push(answer.seq),
    lost: (id) => lost.push(id),
    fetchMissed: async (_room, after) => {
      asked.push(after);
      const answer = answers.shift() ?? new Problem('unreachable');
      if (answer instanceof Problem) throw answer;
      return answer;
    },
  });
  logs.start(1, 10);
  return { logs, seen, asked, resets, lost };
}

const answer = (seq: number, entries?: LogEntry[]): JoinedRoom => ({
  room: room({ id: 1 }),
  seq,
  ...(entries ? { entries } : { resync: true }),
});

describe('reading a room’s log', () => {
  it('takes every entry once and in order', () => {
    const { logs, seen } = reading();
    for (const seq of [9, 10, 11, 12, 11, 12, 13]) logs.receive(entry(seq));
    expect(seen).toEqual([11, 12, 13]);
    expect(logs.positions()).toEqual({ 1: 13 });
  });

  it('fills a hole before it goes on', async () => {
    const { logs, seen, asked } = reading([answer(14, [entry(11), entry(12), entry(13), entry(14)])]);
    logs.receive(entry(13));
    logs.receive(entry(15));
    expect(seen).toEqual([]);
    await vi.waitFor(() => expect(seen).toEqual([11, 12, 13, 14, 15]));
    expect(asked).toEqual([10]);
  });

  it('asks again where a hole remains', async () => {
    const { logs, seen, asked } = reading([answer(11, [entry(11)]), answer(13, [entry(12), entry(13)])]);
    logs.receive(entry(13));
    await vi.waitFor(() => expect(seen).toEqual([11, 12, 13]));
    expect(asked).toEqual([10, 11]);
  });

  it('starts afresh where too much was missed, then goes on live', async () => {
    const { logs, seen, resets } = reading([answer(900)]);
    logs.resync([], 'too_many');
    logs.receive(entry(901));
    await vi.waitFor(() => expect(seen).toEqual([901]));
    expect(resets).toEqual([900]);
  });

  it('goes back when the log itself began anew', async () => {
    const { logs, asked, resets } = reading([answer(3)]);
    logs.resync([1], 'reset');
    await vi.waitFor(() => expect(resets).toEqual([3]));
    expect(asked).toEqual([undefined]);
    expect(logs.positions()).toEqual({ 1: 3 });
  });

  it('keeps its place when the connection breaks meanwhile, and resumes from there', async () => {
    const { logs, seen, asked } = reading([new Problem('unreachable')]);
    logs.receive(entry(12));
    await vi.waitFor(() => expect(asked).toEqual([10]));
    await Promise.resolve();
    expect(logs.positions()).toEqual({ 1: 10 });
    for (const seq of [11, 12, 13]) logs.receive(entry(seq));
    expect(seen).toEqual([11, 12, 13]);
  });

  it('lets go of a room that is no longer one’s own', async () => {
    const { logs, lost } = reading([new Problem('not_found')]);
    logs.receive(entry(12));
    await vi.waitFor(() => expect(lost).toEqual([1]));
  });

  it('ignores rooms it does not follow', () => {
    const { logs, seen } = reading();
    logs.receive({ ...entry(1), room_id: 99 } as LogEntry);
    logs.forget(1);
    logs.receive(entry(11));
    expect(seen).toEqual([]);
  });
});
