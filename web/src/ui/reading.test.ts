import { expect, it } from 'vitest';
import { Problem } from '../wire/problem';
import { Reading } from './reading.svelte';

it('holds the newer of two answers, whichever comes first', async () => {
  const answers: ((value: string) => void)[] = [];
  const reading = new Reading<string>(() => new Promise((resolve) => answers.push(resolve)));
  const both = [reading.load(), reading.load()];
  answers[1]!('new');
  answers[0]!('old');
  await Promise.all(both);
  expect(reading.value).toBe('new');
});

it('says what went wrong, keeps what it had, and forgets the trouble with the next attempt', async () => {
  let fails = false;
  const reading = new Reading(() => (fails ? Promise.reject(new Problem('overloaded')) : Promise.resolve('there')));
  await reading.load();
  fails = true;
  await reading.load();
  expect([reading.value, reading.problem?.code]).toEqual(['there', 'overloaded']);
  fails = false;
  await reading.load();
  expect(reading.problem).toBeNull();
});
