/**
 * Gives Node's `util` back the functions that tfjs-node 4.22 calls and Node 23 removed
 * (https://github.com/tensorflow/tfjs/issues/8425: fixed in its repository, never released). What is there stays.
 */
export function restoreRemovedUtil(util: object): void {
  const removed = {
    isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
    isArray: (value: unknown): boolean => Array.isArray(value),
  };
  for (const [name, value] of Object.entries(removed)) {
    if (!(name in util)) Object.defineProperty(util, name, { value, configurable: true, writable: true });
  }
}
