import { expect, it } from 'vitest';
import { bars } from './chart';

it('draws what is there, the most as tall as the picture', () => {
  const points = [2, null, 0, 8, 0.001].map((value) => ({ label: '', value }));
  const drawn = bars(points, 100, 40);
  expect(drawn.map(({ at }) => at)).toEqual([0, 3, 4]);
  expect(drawn[0]).toMatchObject({ height: 10, y: 30, width: 15 });
  expect(drawn[1]).toMatchObject({ height: 40, y: 0 });
  expect(drawn[2]!.height).toBeGreaterThan(1);
  expect(bars([], 100, 40)).toEqual([]);
});
