/** Reads dpkg's database: which of these packages are installed, whatever was once known of them. */
export function readPackages(status: string, names: string[]): Record<string, boolean> {
  const installed = new Set<string>();
  for (const stanza of status.split(/\n\n+/)) {
    const name = /^Package: (\S+)$/m.exec(stanza)?.[1];
    if (name !== undefined && /^Status: \S+ ok installed$/m.test(stanza)) installed.add(name);
  }
  return Object.fromEntries(names.map((name) => [name, installed.has(name)]));
}
