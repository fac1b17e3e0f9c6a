import { createQueue, type QueuePlace } from './queue.ts';
import type { Owned } from './sessions.ts';
import type { Store } from './store/store.ts';

/** Those who wait for nodes, and how they come to them. */
export interface Waiting {
  /** Whether whoever wants nodes now has to wait: there are as many as there may be, or others were there before. */
  isNeeded(): boolean;
  has(owned: Owned): boolean;
  count(): number;
  /** Waits in the place, and has nodes made as soon as it is its turn, which may be now. */
  join(owned: Owned, place: QueuePlace): Promise<void>;
  /** Waits no more; answers its place. */
  leave(owned: Owned, reason: 'left' | 'away'): Promise<QueuePlace | undefined>;
  /** A place may be free, or somebody came back: lets those whose turn it is have their nodes. */
  admit(): void;
  /** Gives up the places of those who have been away for too long. */
  sweep(): Promise<void>;
}

/**
 * Nobody waits. First come, first served; whoever is away when it is their turn is passed over, and keeps the place for
 * a while. Places are kept in the store for the next web. `begin` makes nodes, and counts them from the moment it is called.
 */
export function createWaiting(options: {
  store: Pick<Store, 'sessions'>;
  now(): number;
  isFull(): boolean;
  isHere(owned: Owned): boolean;
  begin(owned: Owned, step: string | undefined): Promise<void>;
  fault(error: unknown, what: string): void;
}): Waiting {
  const { store, isFull, isHere } = options;
  const queue = createQueue<Owned>(options.now);

  function tellPlaces(): void {
    for (const [ahead, owned] of queue.waiting().entries()) {
      owned.session.wait(ahead, queue.get(owned)?.since ?? options.now());
    }
  }

  function admit(): void {
    for (const owned of queue.waiting()) {
      if (isFull()) break;
      if (!isHere(owned)) continue;
      const place = queue.leave(owned);
      options.begin(owned, place?.step).catch((error) => {
        owned.session.stopWaiting('left');
        options.fault(error, `nodes for ${owned.session.id}, whose turn it was`);
      });
    }
    tellPlaces();
  }

  async function leave(owned: Owned, reason: 'left' | 'away'): Promise<QueuePlace | undefined> {
    const place = queue.leave(owned);
    if (!place) return undefined;
    owned.session.stopWaiting(reason);
    tellPlaces();
    await store.sessions.unqueue(owned.session.id);
    return place;
  }

  return {
    isNeeded: () => isFull() || queue.waiting().length > 0,
    has: (owned) => queue.get(owned) !== undefined,
    count: () => queue.waiting().length,
    async join(owned, wanted) {
      queue.join(owned, wanted);
      tellPlaces();
      const { person, lab, session } = owned;
      const place = queue.get(owned) ?? wanted;
      await store.sessions.queue({ id: session.id, person, lab, since: place.since, step: place.step });
      admit();
    },
    leave,
    admit,
    async sweep() {
      for (const owned of queue.lost(isHere)) await leave(owned, 'away');
      admit();
    },
  };
}
