/** A few values kept in the browser for one account, in IndexedDB. */
export interface Store {
  get<T>(key: string): Promise<T | undefined>;
  put(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  close(): void;
}

const PREFIX = 'parlor.kept.';
const TABLE = 'kept';

const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Opens what is kept for an account. Private windows and full disks may refuse. */
export async function openStore(account: number): Promise<Store> {
  const opening = indexedDB.open(`${PREFIX}${account}`, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
  const database = await answer(opening);
  // Another tab signs out and deletes: this one must not hold that up.
  database.onversionchange = () => database.close();
  const table = (mode: IDBTransactionMode) => database.transaction(TABLE, mode).objectStore(TABLE);
  return {
    get: async <T>(key: string) => answer(table('readonly').get(key) as IDBRequest<T | undefined>),
    put: async (key, value) => void (await answer(table('readwrite').put(value, key))),
    remove: async (key) => answer(table('readwrite').delete(key)),
    close: () => database.close(),
  };
}

export const deleteStore = (account: number): Promise<void> =>
  answer(indexedDB.deleteDatabase(`${PREFIX}${account}`)).then(() => undefined);
