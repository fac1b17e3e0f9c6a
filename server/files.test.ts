import { randomBytes } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClassroom } from './classroom.ts';
import { createFiles, FILE_MAX_BYTES } from './files.ts';
import { createGuides } from './guides.ts';
import { createHttp } from './http.ts';
import { calls, type Labd } from './labd/contract.ts';
import { BUILD_TIME, LIMITS, openTestbed, type Testbed } from './labd/nodes/testbed.ts';
import { createPeople } from './people.ts';
import { createSessions, type Owned } from './sessions.ts';
import { openStore, type Store } from './store/store.ts';
import { createFakeLabd, createTestLab } from './testbed.ts';

const LAB = 'test';
const fault = vi.fn();
const http = createServer();
let testbed: Testbed;
let store: Store;
let owned: Owned;
let ann: string;
let ben: string;

/** The cookies of people who have done nothing else yet, so that what one may do a minute is not used up. */
async function newcomer(): Promise<{ cookie: string; person: string }> {
  const classroom = createClassroom(store, Date.now);
  const token = await classroom.welcome();
  return { cookie: `netloom=${token}`, person: (await classroom.personOf(token)) ?? '' };
}

function origin(): string {
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

function ask(path: string, options: RequestInit & { cookie?: string; node?: string } = {}): Promise<Response> {
  const { cookie = ann, node = 'node-1', headers, ...rest } = options;
  const url = `${origin()}/files/${LAB}/${node}?path=${encodeURIComponent(path)}`;
  return fetch(url, { ...rest, headers: { cookie, ...headers } });
}

function put(path: string, body: string | Buffer, options: Parameters<typeof ask>[1] = {}): Promise<Response> {
  return ask(path, { method: 'PUT', body: new Uint8Array(Buffer.from(body)), ...options });
}

async function run(script: string): Promise<string> {
  const { stdout } = await testbed.driver.exec(owned.session.id, 'node-1', ['bash', '-c', script], LIMITS);
  return stdout;
}

/** What a refusal says. */
async function refusal(answer: Promise<Response>): Promise<[number, string]> {
  const response = await answer;
  const { message } = await response.json();
  return [response.status, message];
}

beforeAll(async () => {
  testbed = await openTestbed();
  store = await openStore(':memory:');
  const { create, destroy } = testbed.driver;
  // As over the seam: what labd would refuse is refused here.
  const exec: Labd['exec'] = async (...call) => {
    calls.exec.parse(JSON.parse(JSON.stringify(call)));
    return testbed.driver.exec(...call);
  };
  const labd = { ...createFakeLabd(), create, destroy, exec };
  const { source } = createTestLab();
  const sessions = createSessions({
    store,
    labd,
    source: (lab) => (lab === LAB ? source : undefined),
    sessionsMax: 2,
    idleMs: 60_000,
    now: Date.now,
    changed: () => {},
    passed: () => {},
    fault,
  });
  const front = createHttp({
    assets: { serve: () => false },
    classroom: createClassroom(store, Date.now),
    sessions,
    guides: createGuides(store),
    people: createPeople({
      store,
      sessions,
      dismiss: () => undefined,
      erase: async () => undefined,
      now: Date.now,
    }),
    files: createFiles(labd),
    origins: [],
    dev: false,
    taught: () => true,
    ready: async () => ({ store: true, labd: true, ptyd: true }),
    records: {
      authority: { demand: async () => undefined },
      store,
      recordings: { read: async () => undefined },
      labs: () => [],
      now: Date.now,
    },
    metrics: { allows: () => false, text: async () => ({ type: '', body: '' }) },
    fault,
  });
  http.on('request', (incoming, response) => void front.handle(incoming, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const first = await newcomer();
  ann = first.cookie;
  ben = (await newcomer()).cookie;
  owned = await sessions.of(first.person, LAB);
  await sessions.start(owned);
  expect(owned.session.status()).toBe('ready');
}, BUILD_TIME);

afterAll(async () => {
  await owned.session.end('ended');
  http.closeAllConnections();
  http.close();
  await store.close();
  await testbed.close();
});

describe('files of a node', { timeout: 60_000 }, () => {
  it('go there and come back byte by byte, up to the limit', async () => {
    const bytes = randomBytes(FILE_MAX_BYTES);
    expect((await put('/root/随机 数据.bin', bytes)).status).toBe(204);
    expect(await run('stat -c %s "/root/随机 数据.bin"; ls /root')).toBe(`${FILE_MAX_BYTES}\n随机 数据.bin\n`);
    const response = await ask('/root/随机 数据.bin');
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent('随机 数据.bin')}`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect((await put('/root/empty', '')).status).toBe(204);
    expect(await (await ask('/root/empty')).text()).toBe('');
  });

  it('keep their mode and the links that lead to them', async () => {
    await run(
      'printf old > /root/run.sh; chmod 755 /root/run.sh; ln -sf run.sh /root/link; echo hi > /root/-n\\ \\$\\(id\\)',
    );
    expect((await put('/root/link', 'new')).status).toBe(204);
    expect(await run('stat -c %a /root/run.sh; cat /root/run.sh; readlink /root/link')).toBe('755\nnewrun.sh\n');
    expect(await (await ask('/root/-n $(id)')).text()).toBe('hi\n');
    expect(await (await ask('/proc/sys/net/ipv4/ip_forward')).text()).toMatch(/^[01]\n$/);
  });

  it('say why they cannot come or go', async () => {
    await run('mkfifo /root/pipe; truncate -s 1048577 /root/big; ln -s nowhere /root/dangling');
    expect(await refusal(ask('/root'))).toEqual([409, '这是一个目录，请写出文件名。']);
    expect(await refusal(put('/root', 'x'))).toEqual([409, '这是一个目录，请写出文件名。']);
    expect(await refusal(ask('/root/none'))).toEqual([404, '节点上没有这个文件。']);
    expect(await refusal(ask('/root/dangling'))).toEqual([404, '节点上没有这个文件。']);
    expect(await refusal(put('/none/file', 'x'))).toEqual([404, '节点上没有这个目录，请先用 mkdir 建好。']);
    expect(await refusal(ask('/root/pipe'))).toEqual([409, '这不是普通文件，不能上传或下载。']);
    expect(await refusal(put('/dev/null', 'x'))).toEqual([409, '这不是普通文件，不能上传或下载。']);
    expect(await refusal(ask('/root/big'))).toEqual([413, '文件超过 1 MiB，太大了。']);
    expect(await refusal(put('/dev/full/x', 'x'))).toEqual([404, '节点上没有这个目录，请先用 mkdir 建好。']);
    expect((await refusal(put('/proc/sys/x', 'x')))[0]).toBe(409);
    await run('mkdir -p /dev/shm/full && dd if=/dev/zero of=/dev/shm/full/zero bs=1M 2>/dev/null');
    expect(await refusal(put('/dev/shm/full/x', randomBytes(65_536)))).toEqual([
      409,
      '节点的磁盘满了，文件没有写进去。',
    ]);
    expect(await run('ls /dev/shm/full; rm -r /dev/shm/full')).toBe('zero\n');
  });

  it('have paths that are whole, plain and short', async () => {
    expect((await refusal(ask('etc/passwd')))[0]).toBe(400);
    expect((await refusal(ask('')))[0]).toBe(400);
    expect((await refusal(ask('/root/a\nb')))[0]).toBe(400);
    expect((await refusal(ask('/root/a\0b')))[0]).toBe(400);
    expect((await refusal(put(`/root/${'长'.repeat(340)}`, 'x')))[0]).toBe(400);
  });

  it('are no larger than the limit, told or not', async () => {
    const large = Buffer.alloc(FILE_MAX_BYTES + 1);
    expect(await refusal(put('/root/large', large))).toEqual([413, '文件超过 1 MiB，太大了。']);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = { method: 'PUT', headers: { cookie: ann, 'transfer-encoding': 'chunked' } };
      const sending = request(`${origin()}/files/${LAB}/node-1?path=/root/large`, options, (response) => {
        response.resume();
        resolve(response.statusCode);
        sending.destroy();
      });
      sending.once('error', reject);
      for (let sent = 0; sent <= 2 * FILE_MAX_BYTES; sent += 65_536) sending.write(Buffer.alloc(65_536));
      sending.end();
    });
    expect(status).toBe(413);
    expect(await run('ls /root/large 2>&1')).toContain('No such file');
  });

  it('are for those whose node it is, asking from our own pages', async () => {
    const evil = { origin: 'https://evil.example' };
    expect((await refusal(put('/root/x', 'x', { headers: evil })))[0]).toBe(403);
    for (const site of ['cross-site', 'same-site']) {
      expect((await refusal(ask('/etc/hostname', { headers: { 'sec-fetch-site': site } })))[0]).toBe(403);
    }
    expect((await put('/root/x', 'x', { headers: { origin: origin(), 'sec-fetch-site': 'same-origin' } })).status).toBe(
      204,
    );
    expect((await refusal(ask('/etc/hostname', { cookie: '' })))[0]).toBe(401);
    expect((await refusal(ask('/etc/hostname', { cookie: `netloom=${'x'.repeat(43)}` })))[0]).toBe(401);
    expect(await refusal(ask('/root/x', { cookie: ben }))).toEqual([409, '节点还没有准备好。']);
    expect(await refusal(ask('/etc/hostname', { node: 'node-9', cookie: ben }))).toEqual([404, '没有这个节点。']);
    const nowhere = await fetch(`${origin()}/files/no-lab/node-1?path=/x`, { headers: { cookie: ben } });
    expect([nowhere.status, (await nowhere.json()).message]).toEqual([404, '没有这个实验。']);
    expect((await fetch(`${origin()}/files/${LAB}`, { headers: { cookie: ben } })).status).toBe(404);
  });

  it('come and go so often and no more', async () => {
    const { cookie } = await newcomer();
    const statuses: number[] = [];
    for (let index = 0; index < 31; index++) statuses.push((await ask('/etc/hostname', { cookie })).status);
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(409));
    expect(statuses[30]).toBe(429);
    expect(fault).not.toHaveBeenCalled();
  });
});
