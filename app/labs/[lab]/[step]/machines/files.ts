import { fileWords as words } from './words.ts';

/** The largest file that can be brought to a node or fetched from it, bytes: what the server takes. */
export const FILE_MAX_BYTES = 1_048_576;
/** The longest path the server takes, bytes of UTF-8. */
const PATH_MAX_BYTES = 1_024;
/** How long a transfer may take, ms: a megabyte over the slowest line that is still of use. */
const TRANSFER_MS = 120_000;

/** A file on a node of the learner's. */
export interface Place {
  lab: string;
  node: string;
  path: string;
}

/** What is wrong with a path, in words; null when nothing is. */
export function pathTrouble(path: string): string | null {
  if (!path.startsWith('/')) return words.absolute;
  if (/[\x00-\x1f\x7f]/.test(path)) return words.oddPath;
  if (new TextEncoder().encode(path).length > PATH_MAX_BYTES) return words.longPath;
  return nameOf(path) === '' ? words.needsName : null;
}

/** The last part of a path; empty where it leads to a folder. */
export function nameOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name === '.' || name === '..' ? '' : name;
}

/** A text as one word of a shell command. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A size for people: 「1.4 MiB」. */
export function size(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${(bytes / 1_024).toFixed(1)} KiB`;
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

function addressOf({ lab, node, path }: Place): string {
  return `/files/${encodeURIComponent(lab)}/${encodeURIComponent(node)}?path=${encodeURIComponent(path)}`;
}

/** The server's own sentence about what went wrong, where it gave one. */
function sentenceIn(body: string): string {
  try {
    const said: unknown = JSON.parse(body);
    if (said && typeof said === 'object' && 'message' in said && typeof said.message === 'string') return said.message;
  } catch {
    // Something between here and the server answered; its page is no sentence.
  }
  return words.failed;
}

/**
 * Brings a file to a node; null when it went well, else what went wrong. By XMLHttpRequest, for fetch does not tell how
 * much has been sent.
 */
export function upload(
  place: Place,
  file: Blob,
  onPercent: (percent: number) => void,
  signal: AbortSignal,
): Promise<string | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onPercent(total > 0 ? Math.floor((100 * loaded) / total) : 0);
    request.onload = () => resolve(request.status < 300 ? null : sentenceIn(request.responseText));
    request.onerror = () => resolve(words.lost);
    request.ontimeout = () => resolve(words.lost);
    request.onabort = () => resolve(null);
    signal.addEventListener('abort', () => request.abort());
    request.timeout = TRANSFER_MS;
    request.open('PUT', addressOf(place));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.send(file);
  });
}

/** Fetches a file from a node and gives it to the browser to keep; null when it went well, else what went wrong. */
export async function download(place: Place, signal: AbortSignal): Promise<string | null> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TRANSFER_MS)]);
    const response = await fetch(addressOf(place), { signal: limit });
    if (!response.ok) return sentenceIn(await response.text());
    keep(await response.blob(), nameOf(place.path));
    return null;
  } catch {
    return signal.aborted ? null : words.lost;
  }
}

function keep(file: Blob, name: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken hold of the file once this turn is over.
  setTimeout(() => URL.revokeObjectURL(link.href));
}
