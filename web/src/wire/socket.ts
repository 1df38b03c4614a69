import { io, type Socket } from 'socket.io-client';
import { Problem } from './problem';
import type { Positions, Requests, ServerEvents, SocketError } from './types';

export type LinkStatus = 'connecting' | 'online' | 'offline';

/** The one connection to the server, as the rest of the client sees it. */
export interface Link {
  connect(): void;
  close(): void;
  /** Asks and waits for the answer; rejects with a `Problem`. Nothing is kept for later while disconnected. */
  ask<K extends keyof Requests>(event: K, payload: Requests[K][0]): Promise<Requests[K][1]>;
  on<K extends keyof ServerEvents>(event: K, handler: (payload: ServerEvents[K]) => void): void;
  onStatus(handler: (status: LinkStatus) => void): void;
  /** The server refused the session: signing in again is needed. */
  onRefused(handler: () => void): void;
}

const ANSWER_WITHIN_MS = 10_000;
const FIRST_RETRY_MS = 500;
const RETRY_REFUSED_MS = 3_000;
/** With these the server says that who one is has to be settled first. */
const REFUSALS = ['unauthorized', 'factor_enrolment_required'];

type Answer = { ok: true } | { ok: false; error: SocketError };

/** `resume` names the last entry at hand of each log; the server sends what came after it first. */
export function createLink(resume: () => Positions): Link {
  // In which past of the server those entries were seen.
  let epoch: string | undefined;
  const socket: Socket = io({
    autoConnect: false,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: FIRST_RETRY_MS,
    reconnectionDelayMax: 8_000,
    auth: (give) => give({ resume: resume(), epoch }),
  });
  let report: (status: LinkStatus) => void = () => {};
  let refused: () => void = () => {};
  let retry: ReturnType<typeof setTimeout> | undefined;
  let wanted = false;

  // Socket.IO reconnects by itself after a lost connection, but not after the server closed or refused it.
  const comeBack = () => {
    clearTimeout(retry);
    if (wanted && !socket.active) retry = setTimeout(() => socket.connect(), RETRY_REFUSED_MS);
  };
  // A server that ends says when it is whose turn to come back.
  socket.on('error', (error: Partial<SocketError>) => {
    if (error.code === 'shutting_down') socket.io.reconnectionDelay(FIRST_RETRY_MS + (error.retry_after_ms ?? 0));
  });
  socket.on('connect', () => {
    socket.io.reconnectionDelay(FIRST_RETRY_MS);
    report('online');
  });
  socket.on('welcome', (welcome: ServerEvents['welcome']) => (epoch = welcome.epoch));
  socket.on('disconnect', () => {
    report('offline');
    comeBack();
  });
  socket.on('connect_error', (error: Error & { data?: Partial<SocketError> }) => {
    report('offline');
    if (REFUSALS.some((code) => error.message === code || error.data?.code === code)) refused();
    else comeBack();
  });

  return {
    connect: () => {
      wanted = true;
      report('connecting');
      socket.connect();
    },
    close: () => {
      wanted = false;
      clearTimeout(retry);
      socket.disconnect();
    },
    ask: async (event, payload) => {
      if (!socket.connected) throw new Problem('unreachable');
      const answer: Answer = await socket
        .timeout(ANSWER_WITHIN_MS)
        .emitWithAck(event, payload)
        .catch(() => {
          throw new Problem('unreachable');
        });
      if (!answer.ok) throw Problem.from(answer.error);
      return answer as never;
    },
    on: (event, handler) => void socket.on(event as string, handler as never),
    onStatus: (handler) => void (report = handler),
    onRefused: (handler) => void (refused = handler),
  };
}
