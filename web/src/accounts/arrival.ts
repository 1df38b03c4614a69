/**
 * What a browser brings along that comes back from a provider. It stands behind the `#` of the address, so that it reaches
 * no server's log, and leaves the address bar and the history at once.
 */
import { Problem } from '../wire/problem';

const SAID = /^#(?:problem=([a-z_]{1,64})|factor=([\w.-]{1,2048})|(linked|proved))$/;

export class Arrival {
  /** Why one is not signed in, or nothing was linked. */
  readonly problem: Problem | null;
  /** What names the first step of a sign-in that takes a second factor too. */
  readonly factor: string | null;
  readonly done: 'linked' | 'proved' | null;

  constructor() {
    const [said, code, factor = null, done = null] = SAID.exec(location.hash) ?? [];
    this.problem = code ? Problem.from({ code } as never) : null;
    this.factor = factor;
    this.done = done as 'linked' | 'proved' | null;
    if (said) history.replaceState(null, '', location.pathname);
  }
}
