import { Problem } from './problem';

type Query = Record<string, string | number | boolean | undefined>;

export interface Http {
  get<T>(path: string, query?: Query): Promise<T>;
  post<T>(path: string, body?: object): Promise<T>;
  put<T>(path: string, body?: object): Promise<T>;
  delete<T>(path: string): Promise<T>;
  /** Sends a file as it is, under the content type that the server wants it as. */
  send<T>(path: string, file: Blob, type: string): Promise<T>;
}

export interface HttpOptions {
  fetch?: typeof fetch;
  /** Called when the server no longer knows who one is. */
  onUnauthorized?: () => void;
  /** Called when the server wants a proof of who one is before it does something; true where it was given. */
  onStepUp?: () => Promise<boolean>;
}

/** The REST interface under `/api`. The browser's session cookie says who asks; `X-CSRF` that the page itself asks. */
export function createHttp({ fetch: send = fetch.bind(globalThis), onUnauthorized, onStepUp }: HttpOptions = {}): Http {
  async function ask<T>(method: string, path: string, body?: string | Blob, type = 'application/json'): Promise<T> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (method !== 'GET') headers['X-CSRF'] = '1';
    if (body !== undefined) headers['Content-Type'] = type;
    const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
    if (body !== undefined) init.body = body;

    const answer = await send(`/api/${path}`, init).catch(() => {
      throw new Problem('unreachable');
    });
    const content: unknown = await answer.json().catch(() => null);
    if (answer.ok) return content as T;
    const problem = Problem.from(content as never);
    if (problem.code === 'unauthorized') onUnauthorized?.();
    if (problem.code === 'step_up_required' && (await onStepUp?.())) return ask(method, path, body, type);
    throw problem;
  }

  return {
    get: (path, query) => ask('GET', withQuery(path, query)),
    post: (path, body) => ask('POST', path, body && JSON.stringify(body)),
    put: (path, body) => ask('PUT', path, body && JSON.stringify(body)),
    delete: (path) => ask('DELETE', path),
    send: (path, file, type) => ask('POST', path, file, type),
  };
}

function withQuery(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
