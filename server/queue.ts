/** How long a place is kept for somebody whose page is closed, ms: a reload, a lost connection, another room. */
export const AWAY_MAX_MS = 2 * 60_000;

/** A place in the queue for nodes: one for each person and lab. */
export interface QueuePlace {
  /** Since when, Unix ms: who came first is served first. */
  since: number;
  /** The step its nodes are to be brought to; undefined for the first. */
  step?: string | undefined;
}

/** Who waits for nodes because there are as many as there may be, by whose they are to be. */
export interface Queue<Owner> {
  /** Takes a place, at the end unless it says since when; who has one keeps it, with the step asked for last. */
  join(owner: Owner, place: QueuePlace): void;
  /** Gives it back; answers what it was. */
  leave(owner: Owner): QueuePlace | undefined;
  get(owner: Owner): QueuePlace | undefined;
  /** Who waits, the first first. */
  waiting(): Owner[];
  /** Who has been away for too long, now that `isHere` says who is. */
  lost(isHere: (owner: Owner) => boolean): Owner[];
}

/** Nobody waits. */
export function createQueue<Owner>(now: () => number): Queue<Owner> {
  const places = new Map<Owner, { place: QueuePlace; seenAt: number }>();
  const waiting = () => [...places].sort(([, a], [, b]) => a.place.since - b.place.since).map(([owner]) => owner);

  return {
    join(owner, { since, step }) {
      const former = places.get(owner)?.place;
      places.set(owner, { place: { since: former?.since ?? since, step }, seenAt: now() });
    },
    leave(owner) {
      const known = places.get(owner);
      places.delete(owner);
      return known?.place;
    },
    get: (owner) => places.get(owner)?.place,
    waiting,
    lost(isHere) {
      return waiting().filter((owner) => {
        const known = places.get(owner);
        if (known && isHere(owner)) known.seenAt = now();
        return known !== undefined && now() - known.seenAt > AWAY_MAX_MS;
      });
    },
  };
}
