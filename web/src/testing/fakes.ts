/** A server that tests speak for. */
import { createHttp, type Http } from '../wire/http';
import { Problem } from '../wire/problem';
import type { Link, LinkStatus } from '../wire/socket';
import type { Code, Requests, ServerEvents } from '../wire/types';

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

type Respond = (body: unknown, status?: number) => void;

/** The real HTTP module over answers that a test prepares. A request without one waits until there is. */
export function fakeHttp(): Http & {
  requests: { name: string; body: unknown; headers: Headers }[];
  answer(name: string, body: unknown): void;
  fail(name: string, code: Code): void;
  hold(name: string): Respond;
} {
  const requests: { name: string; body: unknown; headers: Headers }[] = [];
  const ready = new Map<string, (() => Promise<Response>)[]>();
  const prepare = (name: string, give: () => Promise<Response>) =>
    ready.set(name, [...(ready.get(name) ?? []), give]);
  const json = (body: unknown, status = 200) =>
    new Response(body === undefined ? null : JSON.stringify(body), { status });

  const http = createHttp({
    fetch: (url, init) => {
      const name = `${init?.method} ${String(url).replace('/api/', '')}`;
      const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
      requests.push({ name, body, headers: new Headers(init?.headers) });
      const give = ready.get(name)?.shift();
      return give ? give() : Promise.reject(new Error(`nobody answers ${name}`));
    },
  });
  return {
    ...http,
    requests,
    answer: (name, body) => void prepare(name, async () => json(body)),
    fail: (name, code) => void prepare(name, async () => json({ code, title: code, status: 400 }, 400)),
    hold: (name) => {
      const { promise, resolve } = deferred<Response>();
      prepare(name, () => promise);
      return (body, status) => resolve(json(body, status));
    },
  };
}

interface Asked<K extends keyof Requests = keyof Requests> {
  event: K;
  payload: Requests[K][0];
  answer(fields: Requests[K][1]): void;
  fail(code: Code | 'unreachable'): void;
}

/** A connection whose other end is the test. */
export function fakeLink() {
  const handlers = new Map<string, ((payload: never) => void)[]>();
  const asked: Asked[] = [];
  let report: (status: LinkStatus) => void = () => {};
  let refuse: () => void = () => {};
  const link: Link = {
    connect: () => report('connecting'),
    close: () => {},
    ask: (event, payload) => {
      const { promise, resolve, reject } = deferred<never>();
      asked.push({
        event,
        payload,
        answer: (fields) => resolve(fields as never),
        fail: (code) => reject(new Problem(code)),
      } as Asked);
      return promise;
    },
    on: (event, handler) => void handlers.set(event, [...(handlers.get(event) ?? []), handler]),
    onStatus: (handler) => void (report = handler),
    onRefused: (handler) => void (refuse = handler),
  };
  return {
    ...link,
    asked,
    /** What was asked under a name, oldest first. */
    all: <K extends keyof Requests>(event: K) => asked.filter((one) => one.event === event) as unknown as Asked<K>[],
    tell: <K extends keyof ServerEvents>(event: K, payload: ServerEvents[K]) =>
      handlers.get(event)?.forEach((handler) => handler(payload as never)),
    turn: (status: LinkStatus) => report(status),
    refuse: () => refuse(),
  };
}

/** A browser's storage that ends with the test. */
export function memoryStorage(content: Record<string, string> = {}) {
  const values = new Map(Object.entries(content));
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}
