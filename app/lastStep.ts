/** Where a browser remembers the step it saw last. */
export function lastStepKey(lab: string): string {
  return `netloom:last:${lab}`;
}
