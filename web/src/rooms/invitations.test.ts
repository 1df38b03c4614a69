import { expect, it } from 'vitest';
import { draft } from './invitations';

it('an invitation ends when its term is over, for as many as it lets in', () => {
  const now = Date.parse('2026-11-21T08:00:00.000Z');
  expect(draft('day', null, now)).toEqual({ expires_at: '2026-11-22T08:00:00.000Z' });
  expect(draft('hour', 1, now)).toEqual({ expires_at: '2026-11-21T09:00:00.000Z', max_uses: 1 });
});
