import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RECORDING_MAX_BYTES } from './recording.ts';
import { createRecordings, type Recordings } from './recordings.ts';
import { words } from './words.ts';

const SIZE = { cols: 80, rows: 24 };
const SESSION = 'session0';
let directory: string;
let faults: unknown[];
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'netloom-recordings-')), 'recordings');
  faults = [];
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(join(directory, '..'), { recursive: true, force: true });
});

function recordings(maxBytes = 1_000_000_000): Recordings {
  return createRecordings({ directory, maxBytes, fault: (error) => faults.push(error) });
}

const fileOf = (terminal: string) => join(directory, SESSION, `node-1.${terminal}.cast`);

/** Reads a recording as a player does; throws at the first line that is no event. */
function play(file: string) {
  const [first, ...lines] = readFileSync(file, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  const head = JSON.parse(first ?? '');
  expect(head).toMatchObject({ version: 2, width: 80, height: 24, title: 'node-1' });
  expect(Math.abs(head.timestamp - Date.now() / 1_000)).toBeLessThan(60);
  let last = 0;
  const events = lines.map((line): [string, string] => {
    const event: unknown = JSON.parse(line);
    if (!Array.isArray(event) || event.length !== 3) throw new Error(`no event: ${line}`);
    const [time, kind, data] = event;
    if (typeof time !== 'number' || time < last || typeof data !== 'string') throw new Error(`no event: ${line}`);
    if (!/^[orm]$/.test(kind) || (kind === 'r' && !/^\d+x\d+$/.test(data))) throw new Error(`no event: ${line}`);
    last = time;
    return [kind, data];
  });
  const of = (wanted: string) => events.filter(([kind]) => kind === wanted).map(([, data]) => data);
  return { events, output: of('o').join(''), markers: of('m') };
}

describe('recording', () => {
  it('is an asciicast of what was said, sizes and markers included', async () => {
    const all = recordings();
    const recording = all.open('one', { session: SESSION, node: 'node-1' }, SIZE);
    recording.output(Buffer.from('\x1b[32m$\x1b[0m echo "织网"\r\n'));
    recording.resize({ cols: 90, rows: 30 });
    recording.resize({ cols: 100, rows: 30 });
    recording.output(Buffer.from('织网\r\n'));
    recording.label('检查点通过');
    await recording.close();
    expect(play(fileOf('one')).events).toEqual([
      ['o', '\x1b[32m$\x1b[0m echo "织网"\r\n'],
      ['r', '100x30'],
      ['o', '织网\r\n'],
      ['m', '检查点通过'],
    ]);
    expect(statSync(fileOf('one')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, SESSION)).mode & 0o777).toBe(0o700);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('joins characters that are cut, and replaces bytes that are none', async () => {
    const recording = recordings().open('one', { session: SESSION, node: 'node-1' }, SIZE);
    const bytes = Buffer.from('a织👋b');
    for (const byte of bytes) recording.output(Buffer.from([byte]));
    recording.output(Buffer.from([0x78, 0xff, 0xc0, 0x79, 0x00, 0x22, 0x5c]));
    await recording.close();
    expect(play(fileOf('one')).output).toBe('a织👋bx\ufffd\ufffdy\0"\\');
  });

  it('is written without being asked', async () => {
    const recording = recordings().open('one', { session: SESSION, node: 'node-1' }, SIZE);
    expect(existsSync(fileOf('one'))).toBe(false);
    recording.output(Buffer.from('hello'));
    await vi.waitFor(() => expect(play(fileOf('one')).output).toBe('hello'), 5_000);
  });

  it('omits a flood, says so, and goes on at the start of a line', async () => {
    const clock = vi.spyOn(performance, 'now');
    const now = performance.now();
    const recording = recordings().open('one', { session: SESSION, node: 'node-1' }, SIZE);
    const line = `${'0123456789'.repeat(6)}\r\n`;
    for (let sent = 0; sent < 20_000_000; sent += line.length * 500) recording.output(Buffer.from(line.repeat(500)));
    clock.mockImplementation(() => now + 30_000);
    recording.output(Buffer.from('the rest of a line\r\nprompt# '));
    recording.output(Buffer.from('ls\r\n'));
    clock.mockRestore();
    await recording.close();
    const { output, markers } = play(fileOf('one'));
    expect(output.endsWith('\r\n\r\n\x1b[0mprompt# ls\r\n')).toBe(true);
    expect(output.length).toBeGreaterThan(200_000);
    expect(output.length).toBeLessThan(300_000);
    expect(markers.length).toBe(1);
    expect(markers[0]).toMatch(/^输出太多，略去 1\d\.\d MB$/);
  });

  it('is never larger than allowed, though a flood of what is longest in JSON takes hours', async () => {
    const clock = vi.spyOn(performance, 'now');
    let now = performance.now();
    clock.mockImplementation(() => now);
    const recording = recordings().open('one', { session: SESSION, node: 'node-1' }, SIZE);
    const flood = Buffer.alloc(16_384, 0x1b);
    const label = '标'.repeat(200);
    for (let minute = 0; minute < 600; minute += 1) {
      for (let piece = 0; piece < 5; piece += 1, now += 12_000) recording.output(flood);
      recording.label(label);
      if (minute % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (let count = 0; count < 10_000; count += 1) recording.label(label);
    clock.mockRestore();
    await recording.close();
    expect(statSync(fileOf('one')).size).toBeLessThanOrEqual(RECORDING_MAX_BYTES);
    expect(statSync(fileOf('one')).size).toBeGreaterThan(RECORDING_MAX_BYTES - 10_000);
    expect(play(fileOf('one')).markers.at(-1)).toBe(words.full);
  });
});

describe('recordings', () => {
  function old(name: string, bytes: number, age: number): string {
    const file = join(directory, 'old00000', `node-1.${name}.cast`);
    mkdirSync(join(directory, 'old00000'), { recursive: true });
    writeFileSync(file, 'x'.repeat(bytes));
    const when = Date.now() / 1_000 - age;
    utimesSync(file, when, when);
    return file;
  }

  it('together take no more than allowed: the oldest go, not those being written', async () => {
    const files = [old('c', 40_000, 100), old('a', 40_000, 300), old('b', 40_000, 200)];
    const all = recordings(100_000);
    await vi.waitFor(() => expect(files.map((file) => existsSync(file))).toEqual([true, false, true]), 5_000);
    expect(readdirSync(directory)).toEqual(['old00000']);
    await all.close();
    expect(faults).toEqual([]);
  });

  it('go with their folder, and when only what is being written is left, that goes on no more', async () => {
    const file = old('a', 4_000, 300);
    const all = recordings(30_000);
    const recording = all.open('one', { session: SESSION, node: 'node-1' }, SIZE);
    recording.output(Buffer.from(`${'x'.repeat(40_000)}\r\n`));
    await vi.waitFor(() => expect(statSync(fileOf('one')).size).toBeGreaterThan(40_000), 5_000);
    await vi.waitFor(() => expect(existsSync(file)).toBe(false), 5_000);
    const other = all.open('two', { session: SESSION, node: 'node-1' }, SIZE);
    other.output(Buffer.from('nothing'));
    await all.close();
    expect(existsSync(fileOf('one'))).toBe(true);
    expect(play(fileOf('two')).output).toBe('');
    expect(readdirSync(directory)).toEqual([SESSION]);
  });

  it('cannot be disturbed by a disk that takes nothing: it is said once', async () => {
    const all = recordings();
    await all.close();
    // A file where the folder of the session should be.
    writeFileSync(join(directory, SESSION), '');
    chmodSync(join(directory, SESSION), 0o600);
    const open = ['one', 'two'].map((name) => all.open(name, { session: SESSION, node: 'node-1' }, SIZE));
    for (const recording of open) recording.output(Buffer.from('x'.repeat(20_000)));
    await vi.waitFor(() => expect(faults.length).toBe(1), 5_000);
    for (const recording of open) recording.output(Buffer.from('more'));
    await all.close();
    expect(faults.length).toBe(1);
  });
});
