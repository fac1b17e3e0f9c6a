/** A page that nobody sees for this long leaves its terminals alone, ms: a look at another tab costs nothing. */
const HIDDEN_MS = 5_000;

/** Tells when the page has been out of sight for a while, and when it is seen again after that. */
export function watchHidden(leave: () => void, back: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let away = false;
  const see = () => {
    clearTimeout(timer);
    if (document.visibilityState === 'hidden') {
      timer = setTimeout(() => {
        away = true;
        leave();
      }, HIDDEN_MS);
    } else if (away) {
      away = false;
      back();
    }
  };
  document.addEventListener('visibilitychange', see);
  // A page may be opened behind another.
  see();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', see);
  };
}
