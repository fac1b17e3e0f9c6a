/** How far what a page knows of its nodes' end may lie behind, as a share of the idle life, and at most, ms. */
const STEP_SHARE = 1 / 8;
const STEP_MAX_MS = 5 * 60_000;
/** How long before the end the page says so, as a share of the idle life, and at most, ms. */
const WARNING_SHARE = 1 / 3;
const WARNING_MAX_MS = 10 * 60_000;
/** Since when nobody has used nodes that may go sooner because others wait for them: as a share of the idle life, and at most, ms. */
const LONG_SHARE = 1 / 2;
const LONG_MAX_MS = 20 * 60_000;

/** How long before nodes go that nobody uses their learner is told, ms. */
export function warningOf(idleMs: number): number {
  return Math.min(WARNING_MAX_MS, idleMs * WARNING_SHARE);
}

/** When sessions were last used, and until when they are kept, by their ids. Times told and taken are Unix ms. */
export interface Idle {
  /**
   * `seenAt` lies ahead where a former web promised to keep it. One that was last used long ago is kept for as long as its
   * learner is warned: the clock may have jumped while nothing ran.
   */
  begin(id: string, seenAt: number): void;
  /** Somebody uses it now; answers whether what was told of its end lies far behind by that. */
  touch(id: string): boolean;
  /** Keeps it until then at least. */
  keep(id: string, until: number): void;
  activeAt(id: string): number;
  /**
   * Others wait: of these, as many as that which were used last the longest ago, and not for long, end as soon as their
   * learners have been warned; and no others, from now on. Answers those whose end is another by that.
   */
  hasten(ids: string[], count: number): string[];
  /** When it is over; the answer was told. */
  tell(id: string): number;
  isOver(id: string): boolean;
  /** What the store is to know as the time of the last use, where that changed since it was asked. */
  changed(id: string): number | undefined;
  forget(id: string): void;
}

/**
 * Nobody uses anything yet. Durations are counted by `steady`, which no administrator and no time server sets: a clock that
 * jumps forward must not take the nodes of a whole class, nor one that is set back keep them for ever.
 */
export function createIdle({
  idleMs,
  now,
  steady = () => performance.now(),
}: {
  idleMs: number;
  now(): number;
  steady?(): number;
}): Idle {
  const step = Math.min(STEP_MAX_MS, idleMs * STEP_SHARE);
  // All by the steady clock.
  const seen = new Map<string, number>();
  const kept = new Map<string, number>();
  const told = new Map<string, number>();
  const used = new Set<string>();
  const hastened = new Map<string, number>();
  const longMs = Math.min(LONG_MAX_MS, idleMs * LONG_SHARE);

  const steadyOf = (at: number) => steady() + (at - now());
  const wallOf = (at: number) => Math.round(now() + (at - steady()));

  function endOf(id: string): number {
    const usual = (seen.get(id) ?? 0) + idleMs;
    return Math.max(Math.min(usual, hastened.get(id) ?? usual), kept.get(id) ?? 0);
  }

  return {
    begin(id, seenAt) {
      hastened.delete(id);
      const at = steadyOf(seenAt);
      kept.set(id, Math.max(at > steady() ? at + idleMs : 0, steady() + warningOf(idleMs)));
      seen.set(id, Math.min(at, steady()));
      told.set(id, endOf(id));
    },
    hasten(ids, count) {
      const since = (id: string) => seen.get(id) ?? 0;
      const idlest = ids
        .filter((id) => steady() - since(id) >= longMs && steady() >= (kept.get(id) ?? 0))
        .sort((a, b) => since(a) - since(b))
        .slice(0, count);
      const before = new Set(hastened.keys());
      for (const id of before) if (!idlest.includes(id)) hastened.delete(id);
      for (const id of idlest) if (!before.has(id)) hastened.set(id, steady() + warningOf(idleMs));
      return ids.filter((id) => before.has(id) !== hastened.has(id));
    },
    touch(id) {
      seen.set(id, steady());
      used.add(id);
      if (hastened.delete(id)) return true;
      return endOf(id) - (told.get(id) ?? 0) > step;
    },
    keep(id, until) {
      kept.set(id, Math.max(steadyOf(until), kept.get(id) ?? 0));
      used.add(id);
    },
    activeAt(id) {
      const at = seen.get(id);
      return at === undefined ? 0 : wallOf(at);
    },
    tell(id) {
      told.set(id, endOf(id));
      return wallOf(endOf(id));
    },
    isOver: (id) => steady() > endOf(id),
    changed: (id) => (used.delete(id) ? wallOf(endOf(id)) - idleMs : undefined),
    forget(id) {
      for (const map of [seen, kept, told, hastened]) map.delete(id);
      used.delete(id);
    },
  };
}
