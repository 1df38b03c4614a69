// What one client knows of one room's log, kept as the delivery contract says: drop what is not newer, accept the
// next entry, and note a hole, which must never be seen.

const LOG_EVENTS = new Set([
  "new_message",
  "message_updated",
  "message_deleted",
  "messages_removed",
  "reaction_update",
  "user_joined",
  "user_left",
  "room_updated",
]);

/** The entries a device received of a room after `start`. */
export class RoomView {
  constructor(start) {
    this.start = start;
    this.last = start;
    this.entries = [];
    this.repeats = 0;
    this.holes = [];
  }

  /** Takes an event of this room; those that are no log entries are passed over. */
  take(name, payload) {
    if (!LOG_EVENTS.has(name)) return;
    if (payload.seq <= this.last) {
      this.repeats += 1;
      return;
    }
    if (payload.seq !== this.last + 1) this.holes.push({ after: this.last, got: payload.seq });
    this.last = payload.seq;
    this.entries.push({ name, ...payload });
  }

  /** The messages said, in the order they arrived. */
  messages() {
    return this.entries.filter((entry) => entry.name === "new_message").map((entry) => entry.message);
  }

  /** One line per entry, to compare two views with. */
  lines() {
    return this.entries.map((entry) => `${entry.seq} ${entry.name} ${entry.message?.id ?? ""} ${entry.message?.content ?? ""}`);
  }
}
