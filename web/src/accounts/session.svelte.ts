import type { Http } from '../wire/http';
import { Problem } from '../wire/problem';
import type { AuthCheck, Login, Me, ProfileChange, Register, RegisterNewcomer, SignedIn, UpgradeGuest } from '../wire/types';

/** Why one is asked to sign in: one left on purpose, here or in another tab, or the session ended by itself. */
export type Ending = 'left' | 'left_elsewhere' | 'expired';

interface SessionEvents {
  /** One came in: by signing in, up or as a guest, or because the server still knows one. */
  onEntered?: (me: Me, how: 'signed_in' | 'known') => void;
  onEnded?: (why: Ending, was: Me) => void;
}

/** Who one is to the server. The session itself is a cookie that no script can read. */
export class Session {
  me = $state.raw<Me | null>(null);
  /** The server has said whether one is signed in, or is out of reach and was believed to say so. */
  checked = $state(false);
  /** Why it could not say so. */
  problem = $state.raw<Problem | null>(null);
  /** How the last session ended. */
  ending = $state<Ending | null>(null);
  /** The server was out of reach: one is taken for who one was. */
  assumed = $state(false);
  /** The way in that is being gone, or the last one. */
  #entry: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly http: Http,
    private readonly events: SessionEvents = {},
  ) {}

  async check(): Promise<void> {
    this.problem = null;
    try {
      const { authenticated, user } = await this.#ask();
      if (authenticated && user) this.#enter(user, 'known');
      else this.end('expired');
      this.checked = true;
      this.assumed = false;
    } catch (thrown) {
      if (!this.me) this.problem = Problem.of(thrown);
    }
  }

  /** Goes on as who one was while the server cannot be asked. */
  assume(me: Me): void {
    this.problem = null;
    this.me = me;
    this.checked = this.assumed = true;
  }

  async signIn(login: Login): Promise<void> {
    await this.#come(this.http.post<SignedIn>('auth/login', login), 'signed_in');
  }

  /** The second step, where the first was answered `factor_required`. */
  async showFactor(pending_token: string, code: string, remember: boolean): Promise<void> {
    await this.#come(this.http.post<SignedIn>('auth/login/factor', { pending_token, code, remember }), 'signed_in');
  }

  async signUp(register: Register): Promise<void> {
    await this.#come(this.http.post<SignedIn>('auth/register', register), 'signed_in');
  }

  /** Whom a provider vouches for gets an account. */
  async signUpNew(account: RegisterNewcomer): Promise<void> {
    await this.#come(this.http.post<SignedIn>('auth/oauth/register', account), 'signed_in');
  }

  async visit(nickname: string): Promise<void> {
    await this.#come(this.http.post<SignedIn>('auth/guest', nickname ? { nickname } : {}), 'signed_in');
  }

  /** A guest gets an account and stays the same person. */
  async upgrade(account: UpgradeGuest): Promise<void> {
    await this.#come(this.http.post<SignedIn>('auth/guest/upgrade', account), 'known');
  }

  async signOut(): Promise<void> {
    await this.http.post('auth/logout');
    this.end('left');
  }

  async deleteAccount(): Promise<void> {
    await this.http.delete('auth/me');
    this.end('left');
  }

  async changeProfile(change: ProfileChange): Promise<void> {
    this.me = await this.http.put<Me>('auth/profile', change);
  }

  /** There is no session any more. */
  end(why: Ending): void {
    const was = this.me;
    if (!was) return;
    this.me = null;
    this.ending = why;
    this.events.onEnded?.(why, was);
  }

  /** Who one is. With a way in the cookie changes: what the server said to the one before it, it is asked again. */
  async #ask(): Promise<AuthCheck> {
    for (;;) {
      const entry = this.#entry;
      await entry;
      const answer = await this.http.get<AuthCheck>('auth/check');
      if (entry === this.#entry) return answer;
    }
  }

  async #come(signedIn: Promise<SignedIn>, how: 'signed_in' | 'known'): Promise<void> {
    this.#entry = signedIn.catch(() => {});
    this.#enter((await signedIn).user, how);
  }

  #enter(me: Me, how: 'signed_in' | 'known'): void {
    this.me = me;
    this.ending = null;
    this.checked = true;
    this.events.onEntered?.(me, how);
  }
}
