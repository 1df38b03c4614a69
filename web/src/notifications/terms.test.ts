import { expect, it } from 'vitest';
import { momentOf, toField } from './terms';

it('means a moment to come, whatever the hour', () => {
  const noon = new Date(2026, 10, 30, 12, 5);
  expect(toField(momentOf('minutes', noon))).toBe('2026-11-30T12:25');
  expect(toField(momentOf('hour', noon))).toBe('2026-11-30T13:05');
  expect(toField(momentOf('evening', noon))).toBe('2026-11-30T18:00');
  expect(toField(momentOf('morning', noon))).toBe('2026-12-01T09:00');
  expect(toField(momentOf('week', noon))).toBe('2026-12-07T09:00');
  const late = new Date(2026, 11, 31, 22, 0);
  expect(toField(momentOf('evening', late))).toBe('2027-01-01T18:00');
});
