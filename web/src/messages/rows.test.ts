import { describe, expect, it } from 'vitest';
import { alice, bob, message } from '../testing/samples';
import { rowsOf, type Row } from './rows';

const at = (day: number, minute: number) => new Date(2026, 10, day, 12, minute).toISOString();
const told = (row: Row) => (row.kind === 'message' ? `${row.message.seq}${row.startsRun ? ' with head' : ''}` : row.kind);

describe('the layout of messages', () => {
  it('separates days, gathers runs of one author and marks what is new', () => {
    const messages = [
      message(1, { user: alice, timestamp: at(20, 0) }),
      message(2, { user: alice, timestamp: at(20, 1) }),
      message(3, { user: alice, timestamp: at(20, 30) }),
      message(4, { user: bob, timestamp: at(21, 0) }),
      message(5, { user: bob, timestamp: at(21, 1) }),
    ];
    expect(rowsOf(messages, 4, alice.id).map(told)).toEqual([
      'day', '1 with head', '2', '3 with head', 'day', '4 with head', 'unread', '5 with head',
    ]);
  });

  it('draws no line for one’s own messages or where all is new', () => {
    const own = [message(1), message(2, { user: alice }), message(3, { user: alice })];
    expect(rowsOf(own, 1, alice.id).some((row) => row.kind === 'unread')).toBe(false);
    expect(rowsOf([message(1), message(2)], 0, alice.id).some((row) => row.kind === 'unread')).toBe(false);
    expect(rowsOf([message(1), message(2)], null, alice.id).some((row) => row.kind === 'unread')).toBe(false);
  });

  it('goes on from the message above', () => {
    const [above, next] = [message(1, { user: bob, timestamp: at(20, 0) }), message(2, { user: bob, timestamp: at(20, 1) })];
    expect(rowsOf([next], null, alice.id, above).map(told)).toEqual(['2']);
    expect(rowsOf([next], 1, alice.id, above).map(told)).toEqual(['unread', '2 with head']);
    expect(rowsOf([message(3, { timestamp: at(20, 2) })], 1, alice.id, next).map(told)).toEqual(['3']);
  });
});
