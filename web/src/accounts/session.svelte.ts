import type { Http } from '../wire/http';
import { Problem } from '../wire/problem';
import type { AuthCheck, Login, Me, ProfileChange, Register, SignedIn } from '../wire/types';

/** Who one is to the server. The session itself is a cookie that no script can read. */
export class Session {
  me = $state.raw<Me | null>(null);
  /** The server has said whether one is signed in. */
  checked = $state(false);
  /** Why it could not say so. */
  problem = $state.raw<Problem | null>(null);
  /** The session ended without one's doing. */
  expired = $state(false);

  constructor(private readonly http: Http) {}

  async check(): Promise<void> {
    this.problem = null;
    try {
      const { authenticated, user } = await this.http.get<AuthCheck>('auth/check');
      if (authenticated && user) this.me = user;
      else this.end();
      this.checked = true;
    } catch (thrown) {
      this.problem = Problem.of(thrown);
    }
  }

  async signIn(login: Login): Promise<void> {
    this.#enter(await this.http.post<SignedIn>('auth/login', login));
  }

  async signUp(register: Register): Promise<void> {
    this.#enter(await this.http.post<SignedIn>('auth/register', register));
  }

  async visit(nickname: string): Promise<void> {
    this.#enter(await this.http.post<SignedIn>('auth/guest', nickname ? { nickname } : {}));
  }

  async signOut(): Promise<void> {
    await this.http.post('auth/logout');
    this.me = null;
  }

  async deleteAccount(): Promise<void> {
    await this.http.delete('auth/me');
    this.me = null;
  }

  async changeProfile(change: ProfileChange): Promise<void> {
    this.me = await this.http.put<Me>('auth/profile', change);
  }

  /** The server does not know this session any more. */
  end(): void {
    if (!this.me) return;
    this.me = null;
    this.expired = true;
  }

  #enter({ user }: SignedIn): void {
    this.me = user;
    this.expired = false;
    this.checked = true;
  }
}
