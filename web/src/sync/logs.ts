import { Problem } from '../wire/problem';
import type { JoinedRoom, LogEntry, RoomId, Seq } from '../wire/types';

export interface LogReader {
  /** An entry that comes next in its room's log. Called for each once, in order. */
  apply(entry: LogEntry): void;
  /** Too much was missed: everything known of the room has to be read again. */
  reset(answer: JoinedRoom): void;
  /** The room is no longer one's own. */
  lost(room: RoomId): void;
  /** Asks for what came after an entry; without one, for the room as it is. */
  fetchMissed(room: RoomId, after: Seq | undefined): Promise<JoinedRoom>;
}

interface Log {
  /** The newest entry applied. */
  seq: Seq;
  /** Entries that arrived after a hole, until what is missing has come. */
  waiting: LogEntry[];
  filling: boolean;
}

const RETRY_MS = 2_000;

/** How far one has read in the log of each room. Turns what the socket brings into a log without gaps or repeats. */
export class Logs {
  #logs = new Map<RoomId, Log>();

  constructor(private readonly reader: LogReader) {}

  /** Starts at an entry, as a snapshot gave it. A log that is further on stays there. */
  start(room: RoomId, seq: Seq): void {
    const log = this.#logs.get(room);
    if (!log) this.#logs.set(room, { seq, waiting: [], filling: false });
  }

  forget(room: RoomId): void {
    this.#logs.delete(room);
  }

  /** The last entry of each room, for reconnecting. */
  positions(): Record<RoomId, Seq> {
    return Object.fromEntries([...this.#logs].map(([room, log]) => [room, log.seq]));
  }

  receive(entry: LogEntry): void {
    const log = this.#logs.get(entry.room_id);
    if (!log || entry.seq <= log.seq) return;
    if (!log.filling && entry.seq === log.seq + 1) {
      this.#advance(log, entry);
      return;
    }
    log.waiting.push(entry);
    if (!log.filling) void this.#fill(entry.room_id, log, log.seq);
  }

  /** The server says that rooms (all, where none is named) have to be asked for; after a `reset` from nothing. */
  resync(rooms: RoomId[], reason: string): void {
    for (const room of rooms.length > 0 ? rooms : this.#logs.keys()) {
      const log = this.#logs.get(room);
      if (log && !log.filling) void this.#fill(room, log, reason === 'reset' ? undefined : log.seq);
    }
  }

  async #fill(room: RoomId, log: Log, after: Seq | undefined): Promise<void> {
    log.filling = true;
    try {
      const answer = await this.reader.fetchMissed(room, after);
      if (this.#logs.get(room) !== log) return;
      if (answer.entries && !answer.resync) {
        for (const entry of answer.entries) if (entry.seq > log.seq) this.#advance(log, entry);
      } else {
        log.seq = answer.seq;
        this.reader.reset(answer);
      }
      log.filling = false;
      this.#drain(log);
    } catch (thrown) {
      log.filling = false;
      const problem = Problem.of(thrown);
      if (!problem.isPassing && problem.code !== 'internal') this.reader.lost(room);
      // Disconnected: reconnecting resumes from `seq`. Otherwise the server is busy and is asked again.
      else if (problem.code !== 'unreachable') setTimeout(() => this.#retry(room, log, after), RETRY_MS);
    }
  }

  #retry(room: RoomId, log: Log, after: Seq | undefined): void {
    if (this.#logs.get(room) === log && !log.filling) void this.#fill(room, log, after && log.seq);
  }

  /** Hands what had to wait in again; where there is still a hole, that asks once more. */
  #drain(log: Log): void {
    const waiting = log.waiting.sort((a, b) => a.seq - b.seq);
    log.waiting = [];
    for (const entry of waiting) this.receive(entry);
  }

  #advance(log: Log, entry: LogEntry): void {
    log.seq = entry.seq;
    this.reader.apply(entry);
  }
}
