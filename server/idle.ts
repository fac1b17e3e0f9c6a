/** How far what a page knows of its nodes' end may lie behind, as a share of the idle life, and at most, ms. */
const STEP_SHARE = 1 / 8;
const STEP_MAX_MS = 5 * 60_000;
/** How long before the end the page says so, as a share of the idle life, and at most, ms. */
const WARNING_SHARE = 1 / 3;
const WARNING_MAX_MS = 10 * 60_000;

/** How long before nodes go that nobody uses their learner is told, ms. */
export function warningOf(idleMs: number): number {
  return Math.min(WARNING_MAX_MS, idleMs * WARNING_SHARE);
}

/** When sessions were last used, and until when they are kept, by their ids. */
export interface Idle {
  /** `seenAt` lies ahead where a former web promised to keep it. */
  begin(id: string, seenAt: number): void;
  /** Somebody uses it now; answers whether what was told of its end lies far behind by that. */
  touch(id: string): boolean;
  /** Keeps it until then at least. */
  keep(id: string, until: number): void;
  activeAt(id: string): number;
  /** When it is over; the answer was told. */
  tell(id: string): number;
  isOver(id: string): boolean;
  /** What the store is to know as the time of the last use, where that changed since it was asked. */
  changed(id: string): number | undefined;
  forget(id: string): void;
}

/** Nobody uses anything yet. */
export function createIdle({ idleMs, now }: { idleMs: number; now(): number }): Idle {
  const step = Math.min(STEP_MAX_MS, idleMs * STEP_SHARE);
  const seen = new Map<string, number>();
  const kept = new Map<string, number>();
  const told = new Map<string, number>();
  const used = new Set<string>();

  function endOf(id: string): number {
    return Math.max((seen.get(id) ?? 0) + idleMs, kept.get(id) ?? 0);
  }

  return {
    begin(id, seenAt) {
      if (seenAt > now()) kept.set(id, seenAt + idleMs);
      seen.set(id, Math.min(seenAt, now()));
      told.set(id, endOf(id));
    },
    touch(id) {
      seen.set(id, now());
      used.add(id);
      return endOf(id) - (told.get(id) ?? 0) > step;
    },
    keep(id, until) {
      kept.set(id, Math.max(until, kept.get(id) ?? 0));
      used.add(id);
    },
    activeAt: (id) => seen.get(id) ?? 0,
    tell(id) {
      told.set(id, endOf(id));
      return endOf(id);
    },
    isOver: (id) => now() > endOf(id),
    changed: (id) => (used.delete(id) ? endOf(id) - idleMs : undefined),
    forget(id) {
      for (const map of [seen, kept, told]) map.delete(id);
      used.delete(id);
    },
  };
}
