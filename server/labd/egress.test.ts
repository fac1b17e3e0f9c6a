import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEnv } from '../env.ts';
import { createEgress, type Egress } from './egress.ts';
import { composeLabd } from './index.ts';
import { BUILD_TIME, LIMITS, openTestbed, type Testbed, twoNodes } from './nodes/testbed.ts';

/** An address of this machine, which no name may lead to. */
const MINE =
  Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';

let bed: Testbed;
let egress: Egress;
let main: string;
let port: number;
/** Says who asked, and for what. */
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', (head) =>
    socket.end(`HTTP/1.1 200 OK\r\n\r\nasked: ${head.toString().replaceAll('\r\n', ' | ')}`),
  );
});

beforeAll(async () => {
  bed = await openTestbed();
  main = bed.newSession();
  await bed.driver.create(main, { ...twoNodes(), egress: ['localhost'] });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  const log = { warn: () => {} };
  egress = createEgress({ driver: bed.driver, trusted: `127.0.0.1:${port}`, log });
  await egress.open(main, ['node-1'], ['localhost', MINE, '127.0.0.1', '10.0.0.1', '169.254.169.254']);
}, BUILD_TIME);
afterAll(async () => {
  egress?.close(main);
  server.close();
  await bed?.close();
});

/** Says something to the proxy from within a node; what it answers. */
const ask = (node: 'node-1' | 'node-2', words: string) =>
  bed
    .run(main, node, `exec 3<>/dev/tcp/127.0.0.1/3128 || exit 0; printf '${words}' >&3; timeout 10 cat <&3; true`)
    .catch(String);

it('carries one request to a host that the lab names, and nothing of the node besides', async () => {
  const answer = await ask(
    'node-1',
    `GET http://localhost:${port}/a?b HTTP/1.1\\r\\nHost: other\\r\\nCookie: c\\r\\nAccept: x\\r\\n\\r\\nGET /again HTTP/1.1\\r\\n\\r\\n`,
  );
  expect(answer).toContain(`asked: GET /a?b HTTP/1.1 | Host: localhost:${port} | Connection: close | Accept: x |`);
  expect(answer).not.toMatch(/Cookie|other|again/);
});

it('makes a tunnel to it', async () => {
  const answer = await ask('node-1', `CONNECT LocalHost:${port} HTTP/1.1\\r\\n\\r\\nhello`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 Connection established\r\n\r\nHTTP\/1\.1 200 OK[\s\S]*asked: hello/);
});

it('refuses every other host, other ports, and addresses that are not public whatever the lab names', async () => {
  const refused: [words: string, status: number][] = [
    [`CONNECT elsewhere.test:443`, 403],
    [`CONNECT localhost.elsewhere.test:443`, 403],
    [`CONNECT ${MINE}:443`, 502],
    [`CONNECT localhost:22`, 403],
    [`GET http://localhost:25/`, 403],
    [`CONNECT localhost:443`, 502],
    [`CONNECT 127.0.0.1:443`, 502],
    [`CONNECT 10.0.0.1:443`, 502],
    [`GET http://169.254.169.254/latest`, 502],
    [`CONNECT [::1]:443`, 400],
    [`GET http://user@localhost/`, 400],
    [`POST http://localhost/`, 400],
    [`GET /etc/passwd`, 400],
  ];
  for (const [words, status] of refused) {
    expect(await ask('node-1', `${words} HTTP/1.1\\r\\n\\r\\n`), words).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  }
  expect(await ask('node-1', `GET http://localhost/${'x'.repeat(20_000)} HTTP/1.1\\r\\n\\r\\n`)).not.toContain('asked');
});

it('is there for the node it was opened for, and ends when it is closed', async () => {
  expect(await ask('node-2', 'GET http://localhost/ HTTP/1.1\\r\\n\\r\\n')).not.toContain('HTTP/1.1');
  expect(await bed.run(main, 'node-1', 'ip route | wc -l')).toBe('1\n');
  expect(await bed.run(main, 'node-1', 'bash -lc "echo $https_proxy $http_proxy"')).toBe(
    'http://127.0.0.1:3128 http://127.0.0.1:3128\n',
  );
  egress.close(main);
  await expect
    .poll(() => ask('node-1', `CONNECT localhost:${port} HTTP/1.1\\r\\n\\r\\nhello`), { timeout: 5_000 })
    .not.toContain('HTTP/1.1');
});

it('is kept by labd for as long as the nodes live, over a reset, and no longer', async () => {
  const data = mkdtempSync(join(tmpdir(), 'netloom-egress-'));
  const env = readEnv({ NETLOOM_DATA: data, NETLOOM_IMAGE: bed.image, NETLOOM_LOG: 'silent' });
  const nothing = async () => undefined;
  const labd = composeLabd(
    env,
    { open: nothing, adopt: nothing, close: nothing, list: async () => [] },
    { progress: nothing, changed: nothing, alarmed: nothing, died: nothing },
  );
  const session = bed.newSession();
  const proxies = () =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((args) => args.includes(session));
  try {
    await labd.create(session, { ...twoNodes(), egress: ['deb.debian.org'] });
    const asked = [
      'bash',
      '-c',
      "exec 3<>/dev/tcp/127.0.0.1/3128; printf 'CONNECT a.test:443 HTTP/1.1\\r\\n\\r\\n' >&3; head -n 1 <&3",
    ];
    const answer = async () => (await labd.exec(session, 'node-2', asked, LIMITS)).stdout;
    expect(await answer()).toContain('403 Forbidden');
    await labd.reset(session, 'node-2');
    expect(await answer()).toContain('403 Forbidden');
    expect(proxies().filter((args) => args.includes('egress.pl'))).toHaveLength(2);
  } finally {
    await labd.destroy(session);
    await expect.poll(() => proxies().filter((args) => args.includes('egress.pl'))).toEqual([]);
    rmSync(data, { recursive: true, force: true });
  }
});
