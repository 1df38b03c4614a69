const STORAGE_KEY = 'parlor.emoji';
const MOST = 24;

/** The emoji used last on this device, the newest first. */
export class RecentEmoji {
  list = $state.raw<readonly string[]>([]);

  constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.list = (storage.getItem(STORAGE_KEY) ?? '').split(' ').filter(Boolean).slice(0, MOST);
  }

  use(emoji: string): void {
    this.list = [emoji, ...this.list.filter((one) => one !== emoji)].slice(0, MOST);
    this.storage.setItem(STORAGE_KEY, this.list.join(' '));
  }
}
