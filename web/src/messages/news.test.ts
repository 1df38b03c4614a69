import { expect, it } from 'vitest';
import { alice, message } from '../testing/samples';
import { NewsReader } from './news';

it('reads out what others say, and nothing that comes from the past', () => {
  const reader = new NewsReader(alice.id);
  const said = [message(5), message(6)];
  expect(reader.read([], true)).toBeNull();
  expect(reader.read(said, true)).toBeNull();
  expect(reader.read([...said, message(8)], true)?.seq).toBe(8);
  expect(reader.read([message(2), ...said, message(8)], true)).toBeNull();
  expect(reader.read([...said, message(8), message(9, { user: alice })], true)).toBeNull();
  expect(reader.read([message(1)], false)).toBeNull();
  expect(reader.read([...said, message(12)], true)).toBeNull();
});
