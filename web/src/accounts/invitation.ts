/** An invitation that was opened: kept with the tab while one signs in or up, and forgotten once it was shown. */
import { invitedPath, keyOf, routeOf } from '../router/routes';

const KEY = 'parlor.invitation';
const CODE = 'parlor.invited';

export class Invitation {
  constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    const route = routeOf(location.pathname);
    if (route.name === 'invited') storage.setItem(CODE, route.code);
    if (route.name !== 'join') return;
    const key = keyOf(location.hash);
    if (key) storage.setItem(KEY, key);
    // Out of the address bar and the history, where others might read it.
    if (location.hash) history.replaceState(null, '', location.pathname);
  }

  /** The key of a private room. */
  get key(): string | null {
    return this.storage.getItem(KEY);
  }

  /** Where it leads, for whoever is signed in. */
  get path(): string | null {
    const code = this.storage.getItem(CODE);
    if (code) return invitedPath(code);
    return this.key ? '/app/join' : null;
  }

  forget(): void {
    this.storage.removeItem(KEY);
    this.storage.removeItem(CODE);
  }
}
