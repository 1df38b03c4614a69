// Rooms with a long past.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Person } from "./people.js";

const LINES = [
  ["line"],
  ["The beans are up, and nobody has seen a slug for a week. Does anybody have string?"],
  ["这一章读完了，比上一章短，可是更难懂。"],
  ["👍"],
  ["See **the page** and `the note`, or https://example.org/", { message_type: "markdown" }],
];

/** Repeats a room's messages, as its log has them, until there are so many; one a minute, the last of them now. */
const REPEAT = `
import sqlite3, sys, time
path, room, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
db = sqlite3.connect(path)
said = db.execute("SELECT sender_id, kind, content FROM messages WHERE room_id = ? ORDER BY seq", (room,)).fetchall()
(seq,) = db.execute("SELECT seq FROM log_heads WHERE kind = 1 AND id = ?", (room,)).fetchone()
(id,) = db.execute("SELECT next FROM counters WHERE name = 'message'").fetchone()
new = count - len(said)
now = int(time.time() * 1000)
messages, entries = [], []
for n in range(new):
    sender, kind, content = said[n % len(said)]
    at = now - (new - n) * 60_000
    messages.append((id + n, room, seq + 1 + n, sender, kind, f"{content} {n}", at))
    entries.append((room, seq + 1 + n, sender, id + n, at))
db.executemany("INSERT INTO messages (id, room_id, seq, sender_id, kind, content, digest, mentions_room, created_at) VALUES (?, ?, ?, ?, ?, ?, 0, FALSE, ?)", messages)
db.executemany("INSERT INTO log_entries (kind, id, seq, type, actor_id, ref_id, body, at) VALUES (1, ?, ?, 'new_message', ?, ?, '', ?)", entries)
db.execute("UPDATE log_heads SET seq = ? WHERE kind = 1 AND id = ?", (seq + new, room))
db.execute("UPDATE counters SET next = ? WHERE name = 'message'", (id + new + 1,))
db.commit()
`;

/**
 * Gives a room so many messages of several people, all read by its owner. Nothing is as quick as its database; the
 * server is started again for that.
 */
export async function fillLong(server, owner, room, count) {
  for (const [text, more] of LINES) {
    const speaker = await Person.register(server, "speaker");
    await speaker.join(room);
    await speaker.say(room, text, more);
  }
  await owner.say(room, "and so on");
  await server.stop();
  await promisify(execFile)("python3", ["-c", REPEAT, join(server.dataDir, "parlor.db"), String(room.id), String(count)]);
  await server.start();
  const { last_seq } = await owner.do("GET", `/api/rooms/${room.id}`);
  await owner.do("PUT", `/api/rooms/${room.id}/read`, { seq: last_seq });
  return last_seq;
}
