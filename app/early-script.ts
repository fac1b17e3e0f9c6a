import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

let found: string | undefined;

/** The address of the script that setup.js built of app/early.ts; undefined in development, where React does without. */
export function earlyScript(): string | undefined {
  if (found !== undefined || process.env.NODE_ENV === 'development') return found;
  const stamp = join(process.cwd(), process.env.NETLOOM_SITE ?? '.next', 'netloom-fingerprint');
  if (existsSync(stamp)) found = `/_next/static/early/${readFileSync(stamp, 'utf8')}/early.js`;
  return found;
}
