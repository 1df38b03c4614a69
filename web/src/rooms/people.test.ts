import { expect, it } from 'vitest';
import { alice, bob, member } from '../testing/samples';
import { arrange } from './people';

it('shows who is here first, and finds by either name', () => {
  const members = [member(alice), member(bob, { is_online: true }), member({ ...alice, id: 3, nickname: 'Aaron' })];
  const isOnline = (one: (typeof members)[number]) => one.is_online;
  const names = (wanted: string) => arrange(members, wanted, isOnline, 'en').map((one) => one.nickname);
  expect(names('')).toEqual(['小明', 'Aaron', 'Alice']);
  expect(names(' BOB')).toEqual(['小明']);
  expect(names('小')).toEqual(['小明']);
});
