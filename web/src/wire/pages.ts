import type { Http } from './http';
import type { Page } from './types';

const MOST = 200;

/** A whole list, read page by page. */
export async function loadAll<T>(http: Pick<Http, 'get'>, path: string, query: Record<string, string | number> = {}): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await http.get<Page<T>>(path, { ...query, limit: MOST, ...(cursor ? { cursor } : {}) });
    items.push(...page.items);
    cursor = page.next ?? null;
  } while (cursor);
  return items;
}
