/** How often it is looked whether time has jumped, ms. */
const LOOK_MS = 5_000;
/** So much later than expected, ms, and the machine has slept: a busy page is late by less. */
const JUMP_MS = 10_000;
/** Hidden for so long, ms, a page may have lost its connection without hearing of it. */
const HIDDEN_MS = 20_000;

/**
 * Calls `woke` when the connection may have died unnoticed: the network came back, the page was hidden for long, or the
 * machine slept (a laptop's lid). Hands back what ends it.
 */
export function watchWaking(woke: () => void): () => void {
  let looked = Date.now();
  let hiddenAt: number | null = document.visibilityState === 'hidden' ? looked : null;

  const look = setInterval(() => {
    const late = Date.now() - looked - LOOK_MS;
    looked = Date.now();
    // Browsers slow the timers of hidden pages down; such a page wakes when it is seen again.
    if (late > JUMP_MS && hiddenAt === null) woke();
  }, LOOK_MS);

  const seen = () => {
    if (document.visibilityState === 'hidden') {
      hiddenAt ??= Date.now();
      return;
    }
    const since = hiddenAt;
    hiddenAt = null;
    looked = Date.now();
    if (since !== null && Date.now() - since > HIDDEN_MS) woke();
  };

  window.addEventListener('online', woke);
  document.addEventListener('visibilitychange', seen);
  return () => {
    clearInterval(look);
    window.removeEventListener('online', woke);
    document.removeEventListener('visibilitychange', seen);
  };
}
