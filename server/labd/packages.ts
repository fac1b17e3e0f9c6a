/** The line with which dpkg's database begins to tell of a package. */
export function headOf(name: string): string {
  return `Package: ${name}`;
}

/**
 * Reads stanzas of dpkg's database: which of these packages are installed, whatever was once known of them. `stanzas` is
 * undefined where there is no database to be read, and then each answer is null.
 */
export function readPackages(stanzas: string | undefined, names: string[]): Record<string, boolean | null> {
  if (stanzas === undefined) return Object.fromEntries(names.map((name) => [name, null]));
  const installed = new Set<string>();
  for (const stanza of stanzas.split(/\n\n+/)) {
    const [head = ''] = stanza.split('\n');
    if (/^Status: \S+ ok installed$/m.test(stanza)) installed.add(head);
  }
  return Object.fromEntries(names.map((name) => [name, installed.has(headOf(name))]));
}
