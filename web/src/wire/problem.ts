import { CODES, type Code, type FieldError, type ProblemDocument, type SocketError } from './types';

/** The server's codes, and those for what goes wrong before an answer. */
export type ProblemCode = Code | 'unreachable' | 'unknown';

/** Why a request failed. Screens translate `code`; `message` is the server's own English sentence. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    message = '',
    readonly errors: FieldError[] = [],
    readonly retryAfterMs?: number,
    /** With `factor_required`: what the second step of the sign-in names the first by. */
    readonly pendingToken?: string,
  ) {
    super(message || code);
    this.name = 'Problem';
  }

  static from(answer: Partial<SocketError & ProblemDocument> | null | undefined): Problem {
    const code = CODES.find((known) => known === answer?.code) ?? 'unknown';
    const message = answer?.detail ?? answer?.message ?? answer?.title;
    return new Problem(code, message, answer?.errors, answer?.retry_after_ms ?? undefined, answer?.pending_token ?? undefined);
  }

  /** Whatever was thrown, as a problem. */
  static of(thrown: unknown): Problem {
    return thrown instanceof Problem ? thrown : new Problem('unknown', String(thrown));
  }

  /** Whether nothing is known of the outcome, so that the same request should be made again. */
  get isPassing(): boolean {
    return PASSING.has(this.code);
  }
}

const PASSING = new Set<ProblemCode>([
  'unreachable', 'rate_limited', 'overloaded', 'shutting_down', 'storage_unavailable', 'request_timeout',
]);
