import { expect, it } from 'vitest';
import { room } from '../testing/samples';
import { arrangeRooms, withJoined } from './rules';

it('the rooms of a community: what one is in first, then by name, each once', () => {
  const [zoo, ant, bee] = [room({ id: 1, name: 'Zoo' }), room({ id: 2, name: 'Ant' }), room({ id: 3, name: 'Bee' })];
  const joined = { ...zoo, name: 'Zoo, renamed' };
  const all = withJoined([zoo, bee, ant], [joined]);
  expect(arrangeRooms(all, ({ id }) => id === 1, 'en').map(({ name }) => name)).toEqual(['Zoo, renamed', 'Ant', 'Bee']);
});
