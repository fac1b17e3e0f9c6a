/** A value that React can watch with useSyncExternalStore. */
export interface Store<T> {
  get(): T;
  /** What it held at first: what the server's page shows, and so the first one here. */
  initial(): T;
  /** Replaces some fields; tells the watchers only when one of them really changed. */
  set(change: Partial<T>): void;
  subscribe(listener: () => void): () => void;
}

/** Makes a store that holds one immutable object. */
export function createStore<T extends object>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    initial: () => initial,
    set(change) {
      const keys = Object.keys(change) as (keyof T)[]; // Object.keys forgets the type of the keys
      if (keys.every((key) => Object.is(value[key], change[key]))) return;
      value = { ...value, ...change };
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
