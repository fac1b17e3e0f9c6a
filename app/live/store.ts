/** A value that React can watch with useSyncExternalStore. */
export interface Store<T> {
  get(): T;
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
