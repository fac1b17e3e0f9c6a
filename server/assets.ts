import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';

/** Where pages ask for what they are made of; names change with contents, so that a browser may keep it for ever. */
const PREFIX = '/_next/static/';
const FOR_EVER = 'public, max-age=31536000, immutable';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'application/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What is kept in memory, bytes: all of one deployment, compressed, a few times over. Beyond it files are read anew. */
const KEPT_MAX_BYTES = 4 * 1024 * 1024;

/** How setup.js has compressed each file, the better first. */
const CODINGS = [
  { coding: 'br', suffix: '.br' },
  { coding: 'gzip', suffix: '.gz' },
] as const;

/** The scripts and styles of the built pages: answered by web itself, as the first thing that a page waits for. */
export interface Assets {
  /** Answers a request for one of them; false when it is none. */
  serve(request: IncomingMessage, response: ServerResponse): boolean;
}

function accepts(request: IncomingMessage, coding: string): boolean {
  return String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .some((offer) => {
      const [name, quality = ''] = offer.split(';');
      return name?.trim() === coding && !/q=0(\.0*)?$/.test(quality.trim());
    });
}

/** Knows the files under `directory` as they are now; none where nothing was built. */
export function createAssets(directory: string): Assets {
  const files = existsSync(directory) ? readdirSync(directory, { recursive: true, encoding: 'utf8' }) : [];
  const known = new Set(files.filter((file) => statSync(join(directory, file)).isFile()));
  const kept = new Map<string, Buffer>();
  let keptBytes = 0;

  function read(file: string): Buffer {
    const before = kept.get(file);
    if (before) return before;
    const bytes = readFileSync(join(directory, file));
    if (keptBytes + bytes.length <= KEPT_MAX_BYTES) {
      kept.set(file, bytes);
      keptBytes += bytes.length;
    }
    return bytes;
  }

  return {
    serve(request, response) {
      const path = (request.url ?? '').split('?')[0] ?? '';
      if (!path.startsWith(PREFIX) || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
      const file = path.slice(PREFIX.length);
      const type = TYPES[extname(file)];
      // Only what was found in the directory: a path cannot lead out of it.
      if (!type || !known.has(file)) return false;
      const compressed = CODINGS.find(({ coding, suffix }) => known.has(file + suffix) && accepts(request, coding));
      const bytes = read(file + (compressed?.suffix ?? ''));
      response.setHeader('Content-Type', type);
      response.setHeader('Content-Length', bytes.length);
      response.setHeader('Cache-Control', FOR_EVER);
      response.setHeader('Vary', 'Accept-Encoding');
      if (compressed) response.setHeader('Content-Encoding', compressed.coding);
      response.end(request.method === 'HEAD' ? undefined : bytes);
      return true;
    },
  };
}
