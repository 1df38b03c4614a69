import type { UserBrief } from '../wire/types';

type Named = Pick<UserBrief, 'nickname' | 'username'>;

/** People whose name has the wanted text in it: who is here first, then by name. */
export function arrange<T extends Named>(
  people: readonly T[],
  wanted: string,
  isOnline: (person: T) => boolean,
  language: string,
): T[] {
  const order = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
  return people
    .filter((person) => matches(person, wanted))
    .sort((a, b) => Number(isOnline(b)) - Number(isOnline(a)) || order.compare(a.nickname, b.nickname));
}

export function matches({ nickname, username }: Named, wanted: string): boolean {
  const text = wanted.trim().toLocaleLowerCase();
  return nickname.toLocaleLowerCase().includes(text) || username.toLocaleLowerCase().includes(text);
}
