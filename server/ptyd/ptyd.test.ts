import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { socketPath } from '../env.ts';
import { connectSeam } from '../seam.ts';
import { type Attach, type AttachNews, ackFrame, type Control, inputFrame, readFrame } from './contract.ts';
import { createPtyd } from './index.ts';

const TERMINAL = 'abcdefgh01234567';
const BELONGING = { session: 'session0', node: 'node-1' };
const SIZE = { cols: 80, rows: 24 };

let data: string;
let faults: unknown[];
let ptyd: { close(): Promise<void> };
const clients: { close(): void }[] = [];
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'netloom-ptyd-'));
  faults = [];
  ptyd = await createPtyd({ data, recordingBytes: 1_000_000, fault: (error) => faults.push(error) });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await ptyd.close();
  rmSync(data, { recursive: true, force: true });
});

async function open(script: string, terminal = TERMINAL): Promise<void> {
  const control = connectSeam<Control, object>({ path: socketPath(data, 'control'), functions: {} });
  clients.push(control);
  const command = { file: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin' } };
  await control.remote.open(terminal, command, SIZE, BELONGING);
}

/** A web: what it heard, in order, as one text per channel and list of news. */
function connect() {
  const heard: string[] = [];
  const text = new Map<number, string>();
  const seam = connectSeam<Attach, AttachNews>({
    path: socketPath(data, 'attach'),
    functions: {
      ended: (_, code) => void heard.push(`ended ${code}`),
      mark: (_, { kind, command }) => void heard.push(`mark ${kind} ${command}`),
    },
    frame(bytes) {
      const frame = readFrame(bytes);
      if (frame?.kind === 'size') heard.push(`resized ${frame.size.cols}x${frame.size.rows}`);
      if (frame?.kind !== 'output') return;
      heard.push(frame.bytes.toString());
      text.set(frame.channel, (text.get(frame.channel) ?? '') + frame.bytes.toString());
      seam.send(ackFrame(frame.channel, frame.offset + frame.bytes.length));
    },
  });
  clients.push(seam);
  return { seam, heard, text: (channel: number) => text.get(channel) ?? '' };
}

describe('ptyd', () => {
  it('tells every web of a new size in the order of what was said', async () => {
    await open('stty -echo; echo up; while read line; do echo "$line"; done');
    const [owner, other] = [connect(), connect()];
    for (const web of [owner, other]) await web.seam.remote.attach(1, TERMINAL, null);
    await vi.waitFor(() => expect(owner.text(1)).toContain('up'), 5_000);
    owner.seam.send(inputFrame(1, Buffer.from('before\n')));
    await vi.waitFor(() => expect(owner.text(1)).toContain('before'), 5_000);
    await owner.seam.remote.resize(TERMINAL, { cols: 100, rows: 30 });
    owner.seam.send(inputFrame(1, Buffer.from('after\n')));
    for (const web of [owner, other]) {
      await vi.waitFor(() => expect(web.text(1)).toContain('after'), 5_000);
      const at = web.heard.indexOf('resized 100x30');
      expect(web.heard.slice(0, at).join('')).toMatch(/up\s+before\s+$/);
      expect(web.heard.slice(at + 1).join('')).toMatch(/^after\s+$/);
    }
    // Who comes later parses the past in the sizes it was written for.
    const late = connect();
    expect(await late.seam.remote.attach(2, TERMINAL, 0)).toMatchObject({ cols: 80, rows: 24, from: 0, modes: '' });
    await vi.waitFor(() => expect(late.text(2)).toContain('after'), 5_000);
    const at = late.heard.indexOf('resized 100x30');
    expect(late.heard.slice(0, at).join('')).toMatch(/up\s+before\s+$/);
    expect(late.heard.slice(at + 1).join('')).toMatch(/^after\s+$/);
  });

  it('goes on for a web that was cut off in a flood, without a gap', async () => {
    await open('stty -onlcr; seq -w 1 300000; read x');
    let received = 0;
    let whole = true;
    for (let life = 1; received < 300_000 * 7; life += 1) {
      const after = received;
      let alive = true;
      const seam = connectSeam<Attach, AttachNews>({
        path: socketPath(data, 'attach'),
        functions: { ended: () => undefined, mark: () => undefined },
        frame(bytes) {
          const frame = readFrame(bytes);
          if (frame?.kind !== 'output' || !alive) return;
          whole &&= frame.offset === received;
          received = frame.offset + frame.bytes.length;
          // Each life confirms a little less than it got.
          if (frame.offset > 100_000) seam.send(ackFrame(life, frame.offset - 100_000));
        },
      });
      clients.push(seam);
      expect((await seam.remote.attach(life, TERMINAL, after)).from).toBe(after);
      await vi.waitFor(() => expect(received >= after + 400_000 || received === 300_000 * 7).toBe(true), 5_000);
      alive = false;
      seam.close();
    }
    expect(whole).toBe(true);
  });

  it('records, with the markers it is given, until its own end', async () => {
    await open('echo up; cat');
    const web = connect();
    await web.seam.remote.attach(1, TERMINAL, null);
    await vi.waitFor(() => expect(web.text(1)).toContain('up'), 5_000);
    await web.seam.remote.label(TERMINAL, '检查点通过：回显');
    await web.seam.remote.label('nobody0000000000', 'x');
    await ptyd.close();
    const file = join(data, 'recordings', 'session0', `node-1.${TERMINAL}.cast`);
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ version: 2, width: 80, height: 24, title: 'node-1' });
    expect(lines.slice(1).map(([, kind, text]) => [kind, text])).toEqual([
      ['o', 'up\r\n'],
      ['m', '检查点通过：回显'],
    ]);
    expect(faults).toEqual([]);
  });

  it('gives a terminal that waited its name for good, and records what it has said so far', async () => {
    const waiting = 'waiting0waiting0';
    const control = connectSeam<Control, object>({ path: socketPath(data, 'control'), functions: {} });
    clients.push(control);
    const script = 'echo early; while read line; do echo "$line"; done; exit 3';
    const command = { file: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin' } };
    await control.remote.open(waiting, command, SIZE, { ...BELONGING, session: 'prepared1', record: false });
    await control.remote.adopt(waiting, TERMINAL, SIZE, BELONGING);
    expect(await control.remote.list()).toEqual([TERMINAL]);
    await expect(control.remote.adopt(waiting, 'another0another0', SIZE, BELONGING)).rejects.toThrow();
    const { seam, heard, text } = connect();
    await seam.remote.attach(1, TERMINAL, null);
    seam.send(inputFrame(1, Buffer.from('late\n\x04')));
    await vi.waitFor(() => expect(heard).toContain('ended 3'), 5_000);
    expect(text(1)).toMatch(/early[\s\S]*late/);
    expect(await control.remote.list()).toEqual([]);
    await ptyd.close();
    const file = join(data, 'recordings', BELONGING.session, `${BELONGING.node}.${TERMINAL}.cast`);
    expect(readFileSync(file, 'utf8')).toMatch(/early[\s\S]*late/);
    expect(existsSync(join(data, 'recordings', 'prepared1'))).toBe(false);
    ptyd = await createPtyd({ data, recordingBytes: 1_000_000, fault: (error) => faults.push(error) });
  });

  it('refuses what is no call, and lives', async () => {
    await open('cat');
    const web = connect();
    await expect(web.seam.remote.attach(1, '../../etc/passwd', null)).rejects.toThrow();
    await expect(web.seam.remote.attach(1, 'nobody0000000000', null)).rejects.toThrow('no such terminal');
    for (const size of [{ cols: 0, rows: 24 }, { cols: 80, rows: 1e9 }, { cols: 80.5, rows: 24 }, { cols: 80 }]) {
      await expect(web.seam.remote.resize(TERMINAL, size as typeof SIZE)).rejects.toThrow();
    }
    await expect(web.seam.remote.label(TERMINAL, 'x'.repeat(201))).rejects.toThrow();
    const control = connectSeam<Control, object>({ path: socketPath(data, 'control'), functions: {} });
    clients.push(control);
    const command = { file: '/bin/true', args: [], env: {} };
    await expect(
      control.remote.open('abcdefgh11111111', command, SIZE, { session: '../x', node: 'a' }),
    ).rejects.toThrow();
    await expect(control.remote.open(TERMINAL, command, SIZE, BELONGING)).rejects.toThrow('open already');
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from([2]),
      Buffer.alloc(200, 0xff),
      ackFrame(9, 1),
      inputFrame(9, Buffer.from('x')),
    ]) {
      web.seam.send(bytes);
    }
    await web.seam.remote.attach(1, TERMINAL, null);
    web.seam.send(inputFrame(1, Buffer.from('still here\n')));
    await vi.waitFor(() => expect(web.text(1)).toContain('still here'), 5_000);
    expect(await web.seam.remote.list()).toEqual([TERMINAL]);
  });
});
