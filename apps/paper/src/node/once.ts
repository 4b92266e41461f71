/** Remembers what it made by its key. */
export function onlyOnce(): <T>(key: string, make: () => Promise<T>) => Promise<T> {
  const made = new Map<string, Promise<unknown>>();
  return <T>(key: string, make: () => Promise<T>): Promise<T> => {
    const known = made.get(key) as Promise<T> | undefined;
    const value = known ?? make();
    made.set(key, value);
    return value;
  };
}
