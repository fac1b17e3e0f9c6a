/** Turns a narrow page, which shows only one of its halves, to this one. */
export function show(half: 'prose' | 'machines'): void {
  window.dispatchEvent(new CustomEvent('netloom:show', { detail: half }));
}
