/** An invitation that was opened: kept with the tab while one signs in or up, and forgotten once it was used. */
import { keyOf } from '../router/routes';

const STORAGE_KEY = 'parlor.invitation';

export class Invitation {
  constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    if (location.pathname !== '/app/join') return;
    const key = keyOf(location.hash);
    if (key) storage.setItem(STORAGE_KEY, key);
    // Out of the address bar and the history, where others might read it.
    if (location.hash) history.replaceState(null, '', location.pathname);
  }

  get key(): string | null {
    return this.storage.getItem(STORAGE_KEY);
  }

  forget(): void {
    this.storage.removeItem(STORAGE_KEY);
  }
}
