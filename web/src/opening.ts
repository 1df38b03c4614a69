import type { Client } from './client.svelte';
import { explain, t } from './i18n/locale.svelte';
import { roomName, worthTelling } from './rooms/changes';
import { forgiving } from './ui/storage';
import { createLink } from './wire/socket';
import type { Me } from './wire/types';
import { Workspace, type Removal } from './workspace.svelte';

/** How long what happens at once takes to arrive. */
const TOGETHER_MS = 200;

/** A workspace for whoever signed in. Apart from the client, so that the way in waits for nothing that lies behind it. */
export function openWorkspace(client: Client, me: Me): Workspace {
  const { http, keeper, notices, router, session, updates } = client;
  /** Rooms that are no longer one’s own, of which nothing was said yet. */
  let removals: Removal[] = [];
  // Who leaves a community leaves its rooms: that is worth one note.
  const tellRemoved = () => {
    for (const { reason, room } of worthTelling(removals)) {
      notices.tell(t(`rooms.removed.${reason}`, { room: roomName(room) }));
    }
    removals = [];
  };
  let telling: ReturnType<typeof setTimeout> | undefined;
  // In a turn of its own: where the browser was busy meanwhile, what has arrived is looked at before.
  const tellSoon = () => {
    clearTimeout(telling);
    telling = setTimeout(() => (telling = setTimeout(tellRemoved)), TOGETHER_MS);
  };
  const workspace = new Workspace({
    http,
    me,
    connect: createLink,
    local: forgiving(localStorage),
    tab: forgiving(sessionStorage),
    keeper,
    onOnline: () => {
      if (session.assumed) void session.check();
      updates.check();
    },
    onRefused: () => void session.check(),
    onRenamed: () => void session.check(),
    onTrouble: (problem) => notices.tell(explain(problem), true),
    onFriendNews: ({ type, user }) => notices.tell(t(`friends.${type}_you`, { name: user.nickname })),
    onRemoved: (removal) => {
      removals.push(removal);
      tellSoon();
      const { route } = router;
      if (route.name === 'room' && route.id === removal.room_id) router.go('/app', { replace: true });
    },
  });
  client.workspace = workspace;
  void workspace.start();
  return workspace;
}
