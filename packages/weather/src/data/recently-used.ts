/** Gives the value of a key: the one kept, or else what `make` makes, which is then kept. */
export type RecentlyUsed<T> = (key: string, make: () => Promise<T>) => Promise<T>;

/**
 * Keeps the values used last, as far as they fit. Who asks for a value that is being made waits for the same one; what could
 * not be made is forgotten.
 *
 * @param bytesOf size of a value
 */
export function recentlyUsed<T>(mostBytes: number, bytesOf: (value: T) => number): RecentlyUsed<T> {
  /** The longest unused first. A value counts when it is there. */
  const kept = new Map<string, { readonly value: Promise<T>; bytes: number }>();
  let total = 0;
  const forget = (key: string): void => {
    total -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  return (key, make) => {
    const found = kept.get(key);
    if (found !== undefined) {
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    }
    const entry = { value: make(), bytes: 0 };
    kept.set(key, entry);
    entry.value.then(
      (value) => {
        if (kept.get(key) !== entry) return;
        entry.bytes = bytesOf(value);
        total += entry.bytes;
        for (const oldest of kept.keys()) {
          if (total <= mostBytes) break;
          forget(oldest);
        }
      },
      () => {
        if (kept.get(key) === entry) forget(key);
      },
    );
    return entry.value;
  };
}
