/** The client as a whole: who one is, where one is, and the workspace while signed in. */
import { createContext } from 'svelte';
import { Arrival } from './accounts/arrival';
import { Invitation } from './accounts/invitation';
import { Session } from './accounts/session.svelte';
import { Tabs } from './accounts/tabs';
import { explain, locale, t } from './i18n/locale.svelte';
import { Keeper } from './offline/keeper';
import { deleteStore, openStore } from './offline/store';
import { forgiving } from './ui/storage';
import { Updates } from './offline/updates.svelte';
import { Router } from './router/router.svelte';
import { homePath, roomPath } from './router/routes';
import { openDirect } from './rooms/api';
import { Appearance, DENSITIES, THEMES } from './ui/appearance.svelte';
import { Notices } from './ui/notices.svelte';
import { createHttp, type Http } from './wire/http';
import { Problem } from './wire/problem';
import type { Room, UserBrief } from './wire/types';
import type { Workspace } from './workspace.svelte';

export class Client {
  readonly keeper = new Keeper({ open: openStore, erase: deleteStore, storage: forgiving(localStorage) });
  readonly http: Http = this.keeper.over(
    createHttp({ onUnauthorized: () => void this.session.check(), onStepUp: () => this.#proveAgain() }),
  );
  readonly tabs = new Tabs((news) => {
    if (news.type === 'signed_out') this.session.end('left_elsewhere');
    else if (news.user !== this.session.me?.id) void this.session.check();
  });
  readonly session = new Session(this.http, {
    onEntered: (me, how) => {
      void this.keeper.own(me);
      if (how === 'signed_in') this.tabs.tell({ type: 'signed_in', user: me.id });
    },
    onEnded: (why) => {
      void this.keeper.erase();
      this.overlay = this.person = null;
      this.proving?.(false);
      if (why === 'left') this.tabs.tell({ type: 'signed_out' });
      // Who left on purpose, here or in another tab, leaves nothing behind; who only has to sign in again goes on.
      if (why === 'expired') return;
      this.workspace?.forget();
      this.invitation.forget();
    },
  });
  readonly invitation = new Invitation(forgiving(sessionStorage));
  readonly arrival = new Arrival();
  readonly router = new Router();
  readonly notices = new Notices();
  readonly appearance = new Appearance();
  readonly updates = new Updates();
  /** What lies over the screen. */
  overlay = $state<'switcher' | 'keys' | null>(null);
  /** Whose card is shown. */
  person = $state.raw<UserBrief | null>(null);
  /** What a signed-in person works with: it is made when it is needed, in `opening.ts`. */
  workspace: Workspace | null = null;
  /** One is asked to prove again who one is; to be told whether one did. */
  proving = $state.raw<((done: boolean) => void) | null>(null);
  #proof: Promise<boolean> | null = null;

  constructor() {
    addEventListener('storage', (event) => this.#hear(event));
    addEventListener('online', () => this.workspace?.reconnect());
    addEventListener('pagehide', () => void this.keeper.flush());
    // A page that the browser had put by, and shows again: somebody may have left in the meantime.
    addEventListener('pageshow', ({ persisted }) => persisted && void this.session.check());
    if (import.meta.env.PROD) void this.updates.start();
  }

  /** Finds out who one is; out of the server's reach, from what was kept. */
  async begin(): Promise<void> {
    await this.session.check();
    this.#greet();
    if (this.session.problem?.code !== 'unreachable') return;
    const me = await this.keeper.lastOwner();
    if (me && !this.session.checked) this.session.assume(me);
  }

  /** Tells somebody who is in what the provider's answer came to; who is not sees it on the way in. */
  #greet(): void {
    const { problem, done } = this.arrival;
    if (!this.session.me) return;
    if (problem) this.notices.tell(explain(problem), true);
    if (done) this.notices.tell(t(done === 'linked' ? 'identities.linked' : 'identities.proved'));
  }

  open(room: Room): void {
    this.router.go(roomPath(room.id));
  }

  /** Goes to a room that was just joined or made. */
  visit(workspace: Workspace, room: Room): void {
    workspace.enter(room);
    this.router.go(homePath(room));
  }

  /** Goes to the private chat with somebody, which begins where there is none. */
  talk(workspace: Workspace, user: UserBrief): Promise<boolean> {
    return this.attempt(async () => this.visit(workspace, await openDirect(this.http, user.id)));
  }

  /** Signs out here and in this browser's other tabs, and leaves nothing behind. */
  signOut = (): Promise<boolean> => this.attempt(() => this.session.signOut());

  /** Does something whose failure is only worth a note. */
  async attempt(action: () => Promise<unknown>, done?: string): Promise<boolean> {
    try {
      await action();
      if (done) this.notices.tell(done);
      return true;
    } catch (thrown) {
      this.notices.tell(explain(Problem.of(thrown)), true);
      return false;
    }
  }

  /** Asks for a proof, once for all that wait for it. */
  #proveAgain(): Promise<boolean> {
    this.#proof ??= new Promise<boolean>((resolve) => (this.proving = resolve)).finally(() => {
      this.proving = this.#proof = null;
    });
    return this.#proof;
  }

  /** Another tab chose something that all of them show. */
  #hear({ key, newValue }: StorageEvent): void {
    const theme = THEMES.find((one) => one === newValue);
    if (key === 'parlor.theme' && theme) this.appearance.choose(theme);
    const density = DENSITIES.find((one) => one === newValue);
    if (key === 'parlor.density' && density) this.appearance.chooseDensity(density);
    if (key === 'parlor.language') locale.choose(newValue);
    for (const own of [this.workspace?.shelf, this.workspace?.drafts]) if (key === own?.storageKey) own?.reread();
  }
}

export const [getClient, setClient] = createContext<Client>();
export const [getWorkspace, setWorkspace] = createContext<Workspace>();
