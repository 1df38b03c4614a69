// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest';
import { Arrival } from './arrival';

afterEach(() => history.replaceState(null, '', '/'));

function arriving(at: string): Arrival {
  history.replaceState(null, '', at);
  return new Arrival();
}

it('takes what a provider’s answer came to out of the address', () => {
  expect(arriving('/app/sign-in#problem=provider_failed').problem?.code).toBe('provider_failed');
  expect(location.href).not.toContain('#');
  expect(arriving('/app/sign-in#factor=7.17.AbC-_.work').factor).toBe('7.17.AbC-_.work');
  expect(arriving('/app/account#linked').done).toBe('linked');
  expect(arriving('/app/sign-in#problem=made_up').problem?.code).toBe('unknown');
});

it('leaves what is not its own where it is', () => {
  for (const hash of ['', '#key', '#problem=A', '#linked&more', '#factor=']) {
    const arrival = arriving(`/app/join${hash}`);
    expect([arrival.problem, arrival.factor, arrival.done], hash).toEqual([null, null, null]);
    expect(location.hash, hash).toBe(hash);
  }
});
