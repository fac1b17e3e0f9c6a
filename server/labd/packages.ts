/** Where one stanza of dpkg's database ends and the next begins. */
const BETWEEN = '\n\n';

/** Reads dpkg's database: which of these packages are installed, whatever was once known of them. */
export function readPackages(status: Buffer, names: string[]): Record<string, boolean> {
  return Object.fromEntries(names.map((name) => [name, isInstalled(status, name)]));
}

/** Searched in place: the database is a hundred times larger than what is asked of it. */
function isInstalled(status: Buffer, name: string): boolean {
  const head = `Package: ${name}\n`;
  let at = status.indexOf(head);
  while (at > 0 && status[at - 1] !== 0x0a) at = status.indexOf(head, at + 1);
  if (at < 0) return false;
  const end = status.indexOf(BETWEEN, at);
  const stanza = status.toString('latin1', at, end < 0 ? status.length : end);
  return /^Status: \S+ ok installed$/m.test(stanza);
}
