/** A finger that rests this long asks for the menu, ms; Android tells it by itself after the same time, iOS does not. */
const LONG_PRESS_MS = 500;
/** A finger that moves farther scrolls, px. */
const STILL_PX = 10;

/** A point in the window, px; null when the keyboard asked. */
export type Point = { x: number; y: number } | null;

/**
 * Hears of everything that asks for an element's menu: the right button, the menu key, a long press. Shift leaves the
 * browser its own; `taken` tells that the program in the terminal wants the mouse for itself.
 */
export function onMenuAsked(element: HTMLElement, taken: () => boolean, ask: (at: Point) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let down = { x: 0, y: 0 };
  let pressed = false;
  const stop = new AbortController();
  const listen = <K extends keyof HTMLElementEventMap>(name: K, hear: (event: HTMLElementEventMap[K]) => void) =>
    element.addEventListener(name, hear, { capture: true, signal: stop.signal });
  const rest = () => clearTimeout(timer);

  listen('contextmenu', (event) => {
    const byMouse = event.button === 2;
    if (event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    rest();
    const touch = event instanceof PointerEvent && event.pointerType === 'touch';
    if (!(byMouse && taken())) ask(byMouse || touch ? { x: event.clientX, y: event.clientY } : null);
  });
  listen('pointerdown', (event) => {
    rest();
    if (event.pointerType !== 'touch' || !event.isPrimary) return;
    down = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      pressed = true;
      ask(down);
    }, LONG_PRESS_MS);
  });
  listen('pointermove', (event) => {
    if (Math.hypot(event.clientX - down.x, event.clientY - down.y) > STILL_PX) rest();
  });
  listen('pointerup', rest);
  listen('touchend', (event) => {
    // Else the finger's end would be a click beside the menu and close it.
    if (pressed && event.cancelable) event.preventDefault();
    pressed = false;
  });
  listen('pointercancel', rest);
  return () => {
    rest();
    stop.abort();
  };
}
