import { routeOf } from './routes';

/** Where one is in the client. Ordinary links work: clicks on addresses of the client's own are taken over. */
export class Router {
  #path = $state(location.pathname);
  route = $derived(routeOf(this.#path));

  constructor() {
    addEventListener('popstate', () => (this.#path = location.pathname));
    addEventListener('click', (event) => this.#follow(event));
  }

  get path(): string {
    return this.#path;
  }

  go(path: string, { replace = false } = {}): void {
    if (path === location.pathname) return;
    if (replace) history.replaceState(null, '', path);
    else history.pushState(null, '', path);
    this.#path = path;
  }

  #follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || link.target || link.origin !== location.origin || event.defaultPrevented) return;
    // Within the page, as past the list of rooms: the browser goes there, and takes the focus along.
    if (link.hash && link.pathname === location.pathname) return;
    if (routeOf(link.pathname).name === 'not_found') return;
    event.preventDefault();
    this.go(link.pathname);
  }
}
