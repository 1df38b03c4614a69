import type { Member } from '../wire/types';

/** Members whose name has the wanted text in it: who is here first, then by name. */
export function arrange(
  members: readonly Member[],
  wanted: string,
  isOnline: (member: Member) => boolean,
  language: string,
): Member[] {
  const order = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
  return members
    .filter((member) => matches(member, wanted))
    .sort((a, b) => Number(isOnline(b)) - Number(isOnline(a)) || order.compare(a.nickname, b.nickname));
}

export function matches({ nickname, username }: Pick<Member, 'nickname' | 'username'>, wanted: string): boolean {
  const text = wanted.trim().toLocaleLowerCase();
  return nickname.toLocaleLowerCase().includes(text) || username.toLocaleLowerCase().includes(text);
}
