type Places = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A browser's storage, where being full keeps nobody from going on: what does not fit is not kept. */
export const forgiving = (storage: Places): Places => ({
  getItem: (key) => storage.getItem(key),
  setItem: (key, value) => {
    try {
      storage.setItem(key, value);
    } catch {
      // An older value would be taken for this one.
      storage.removeItem(key);
    }
  },
  removeItem: (key) => storage.removeItem(key),
});
