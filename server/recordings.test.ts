import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRecordings, type Recordings } from './recordings.ts';

const MINE = 'session0mine';
const OTHER = 'session0other';
const TERMINAL = 'a'.repeat(20);
const HEAD = JSON.stringify({ version: 2, width: 90, height: 30, timestamp: 1_700_000_000, title: 'node-1' });
let directory: string;
let recordings: Recordings;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netloom-web-recordings-'));
  const sessions: Record<string, string[]> = { ann: [MINE, '../etc'], ben: [OTHER] };
  recordings = createRecordings({
    directory,
    store: { recordings: { allowed: async () => true, sessions: async (person) => sessions[person] ?? [] } },
    isOpen: (terminal) => terminal === TERMINAL,
  });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(session: string, name: string, text: string): void {
  mkdirSync(join(directory, session), { recursive: true });
  writeFileSync(join(directory, session, name), text);
}

async function textOf(person: string, id: string): Promise<string | undefined> {
  const found = await recordings.read(person, 'lab', id);
  if (!found) return undefined;
  const text = await new Response(found.stream).text();
  expect(Buffer.byteLength(text)).toBe(found.bytes);
  return text;
}

describe('recordings', () => {
  it('are listed with their length, and read up to the last whole line', async () => {
    write(MINE, `node-1.${TERMINAL}.cast`, `${HEAD}\n[0.5,"o","x"]\n[12.25,"o","y"]\n[13,"o","hal`);
    expect(await recordings.list('ann', 'lab')).toMatchObject([
      { id: TERMINAL, node: 'node-1', startedAt: 1_700_000_000_000, seconds: 12.25, cols: 90, rows: 30, grows: true },
    ]);
    expect(await textOf('ann', TERMINAL)).toBe(`${HEAD}\n[0.5,"o","x"]\n[12.25,"o","y"]\n`);
  });

  it('may have lines longer than any piece that is read at once', async () => {
    const long = `[7.5,"o",${JSON.stringify('长'.repeat(200_000))}]\n`;
    write(MINE, `node-2.${TERMINAL}.cast`, `${HEAD}\n${long}`);
    expect(await recordings.list('ann', 'lab')).toMatchObject([{ seconds: 7.5 }]);
    expect(await textOf('ann', TERMINAL)).toBe(`${HEAD}\n${long}`);
    write(MINE, `node-2.${TERMINAL}.cast`, `${HEAD}\n${long.slice(0, -2)}`);
    expect(await textOf('ann', TERMINAL)).toBe(`${HEAD}\n`);
  });

  it('are nobody else’s, and no other file', async () => {
    write(MINE, `node-1.${TERMINAL}.cast`, `${HEAD}\n`);
    write(MINE, 'notes.txt', 'x\n');
    symlinkSync('/etc/passwd', join(directory, MINE, `node-1.${'b'.repeat(20)}.cast`));
    expect(await textOf('ben', TERMINAL)).toBeUndefined();
    expect(await textOf('nobody', TERMINAL)).toBeUndefined();
    for (const id of ['../session0mine/notes.txt', 'notes.txt', `node-1.${TERMINAL}`, '']) {
      expect(await textOf('ann', id)).toBeUndefined();
    }
    await expect(recordings.read('ann', 'lab', 'b'.repeat(20))).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it('are gone with the person, and only theirs', async () => {
    write(MINE, `node-1.${TERMINAL}.cast`, `${HEAD}\n`);
    write(OTHER, `node-1.${TERMINAL}.cast`, `${HEAD}\n`);
    await recordings.erase('ann');
    expect(await recordings.list('ann', 'lab')).toEqual([]);
    expect(await textOf('ben', TERMINAL)).toBe(`${HEAD}\n`);
    await recordings.erase('nobody');
  });
});
