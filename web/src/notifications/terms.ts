/** When one may want to be reminded of something. Pure. */
export const TERMS = ['minutes', 'hour', 'evening', 'morning', 'week', 'own'] as const;
export type Term = (typeof TERMS)[number];

const MINUTE_MS = 60_000;
const EVENING = 18;
const MORNING = 9;

/** The moment that a term means; of one’s own choice it says nothing. */
export function momentOf(term: Exclude<Term, 'own'>, now: Date): Date {
  switch (term) {
    case 'minutes':
      return new Date(now.getTime() + 20 * MINUTE_MS);
    case 'hour':
      return new Date(now.getTime() + 60 * MINUTE_MS);
    case 'evening':
      return at(now, now.getHours() < EVENING ? 0 : 1, EVENING);
    case 'morning':
      return at(now, 1, MORNING);
    case 'week':
      return at(now, 7, MORNING);
  }
}

function at(now: Date, days: number, hour: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
}

/** As a field for a date and a time takes it: in the browser’s own time zone. */
export function toField(moment: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
