/** Whether a newer client waits to be used. */
import { whenIdle } from '../ui/idle';

/** Resolves when the page has read what it began with, and has nothing better to do. */
const shown = (): Promise<void> =>
  new Promise((resolve) => {
    const rest = () => whenIdle(resolve);
    if (document.readyState === 'complete') rest();
    else addEventListener('load', rest, { once: true });
  });

const EVERY_MS = 60 * 60 * 1_000;

export class Updates {
  /** A newer version is here; it is used once every page of the old one is closed, or on `apply`. */
  waiting = $state(false);
  #registration: ServiceWorkerRegistration | undefined;
  #agreed = false;

  /**
   * Registers the service worker, once the page itself is there: it reads every file of the client. Browsers without
   * one, and pages that are not secure, do without.
   */
  async start(workers = navigator.serviceWorker as ServiceWorkerContainer | undefined): Promise<void> {
    if (!workers) return;
    await shown();
    try {
      this.#registration = await workers.register('/sw.js', { scope: '/', updateViaCache: 'none' });
    } catch {
      return;
    }
    const registration = this.#registration;
    const look = () => (this.waiting = registration.waiting !== null && workers.controller !== null);
    registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
    look();
    workers.addEventListener('controllerchange', () => {
      // Only where one agreed to it: another tab may hold half a message.
      if (this.#agreed) location.reload();
      else if (this.#hadController) this.waiting = true;
      this.#hadController = true;
    });
    this.#hadController = workers.controller !== null;
    setInterval(() => this.check(), EVERY_MS);
  }
  #hadController = false;

  /** The server may have been replaced: it is asked whether there is a newer client. */
  check(): void {
    this.#registration?.update().catch(() => {});
  }

  /** Uses the newer version now. */
  apply(): void {
    this.#agreed = true;
    const next = this.#registration?.waiting;
    if (next) next.postMessage('take over');
    else location.reload();
  }
}
