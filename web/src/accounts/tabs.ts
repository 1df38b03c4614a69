/** The tabs of one browser share a session: what one does about it, the others hear. */
import type { UserId } from '../wire/types';

export type TabNews = { type: 'signed_out' } | { type: 'signed_in'; user: UserId };

type Channel = Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>;

export class Tabs {
  constructor(
    heard: (news: TabNews) => void,
    private readonly channel: Channel = new BroadcastChannel('parlor'),
  ) {
    channel.addEventListener('message', (event) => heard(event.data as TabNews));
  }

  tell(news: TabNews): void {
    this.channel.postMessage(news);
  }
}
