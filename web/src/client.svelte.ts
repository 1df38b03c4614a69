/** The client as a whole: who one is, where one is, and the workspace while signed in. */
import { createContext } from 'svelte';
import { Session } from './accounts/session.svelte';
import { explain, t } from './i18n/locale.svelte';
import { Router } from './router/router.svelte';
import { roomPath } from './router/routes';
import { roomName } from './rooms/changes';
import { Appearance } from './ui/appearance.svelte';
import { Notices } from './ui/notices.svelte';
import { createHttp } from './wire/http';
import { Problem } from './wire/problem';
import { createLink } from './wire/socket';
import type { Me, Room } from './wire/types';
import { Workspace } from './workspace.svelte';

export class Client {
  readonly http = createHttp({ onUnauthorized: () => this.session.end() });
  readonly session = new Session(this.http);
  readonly router = new Router();
  readonly notices = new Notices();
  readonly appearance = new Appearance();

  /** A workspace for whoever signed in. */
  openWorkspace(me: Me): Workspace {
    const workspace = new Workspace({
      http: this.http,
      me,
      connect: createLink,
      local: localStorage,
      tab: sessionStorage,
      onRefused: () => void this.session.check(),
      onRemoved: ({ room_id, reason, room }) => {
        if (room) this.notices.tell(t(`rooms.removed.${reason}`, { room: roomName(room) }));
        const { route } = this.router;
        if (route.name === 'room' && route.id === room_id) this.router.go('/app', { replace: true });
      },
    });
    void workspace.start();
    return workspace;
  }

  /** Goes to a room that was just joined or made. */
  visit(workspace: Workspace, room: Room): void {
    workspace.enter(room);
    this.router.go(roomPath(room.id));
  }

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
}

export const [getClient, setClient] = createContext<Client>();
export const [getWorkspace, setWorkspace] = createContext<Workspace>();
