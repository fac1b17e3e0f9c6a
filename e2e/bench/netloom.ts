import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContainerDriver } from '../../server/labd/nodes/container.ts';
import type { PtyCommand } from '../../server/labd/nodes/driver.ts';
import { placeOf } from '../../server/labd/nodes/place.ts';
import type { LabState } from '../../server/protocol.ts';
import type { Site } from '../site.ts';
import { type Access, ask, LAB, netloomSocket } from './client.ts';

const NODES = ['node-1', 'node-2'];
/** ms. A pair of nodes is there within a few seconds. */
const START_MS = 60_000;

/** The product with some learners whose nodes run. */
export interface Netloom {
  access: Extract<Access, { kind: 'netloom' }>;
  /** Process ids of web and ptyd, as they are now. */
  pids(): { web: number; ptyd: number };
  /** Writes a program that enters the node that the file `target` names as netloom's own terminals do. */
  writeShell(directory: string): { shell: string; target: string };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A browser that opens the page for the first time; answers its cookie. */
export async function becomeGuest(url: string): Promise<string> {
  const response = await fetch(url, { headers: { accept: 'text/html' } });
  await response.arrayBuffer();
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
  if (!cookie) throw new Error('no cookie from the home page');
  return cookie;
}

async function startNodes(url: string, cookie: string): Promise<void> {
  const socket = netloomSocket(url, cookie);
  try {
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error('the nodes were not ready in time')), START_MS);
      const settle = (state: LabState) => {
        const { session } = state;
        if (session.status === 'broken') reject(new Error(`the nodes failed: ${session.detail}`));
        if (session.status !== 'ready') return;
        clearTimeout(limit);
        resolve();
      };
      socket.on('lab:state', settle);
      socket.once('connect_error', reject);
      socket.once('connect', () => {
        ask(socket, 'lab:enter', { lab: LAB })
          .then(() => ask(socket, 'lab:start', { lab: LAB }))
          .catch(reject);
      });
    });
  } finally {
    socket.disconnect();
  }
}

/**
 * Takes the limit of half a core off a node of ours (oci.ts): everybody's terminals run on these nodes, and what is to be
 * measured is how servers carry output, not how the kernel holds a node back.
 */
function unbind(cgroup: string): void {
  const limits = [
    { file: join('/sys/fs/cgroup', cgroup, 'cpu.max'), none: 'max' },
    { file: join('/sys/fs/cgroup/cpu', cgroup, 'cpu.cfs_quota_us'), none: '-1' },
  ];
  for (const { file, none } of limits) if (existsSync(file)) writeFileSync(file, none);
}

/** Makes so many learners of a running product, each a guest with nodes of his own. */
export async function prepareNetloom(site: Site, image: string, learners: number): Promise<Netloom> {
  const sessions: string[] = [];
  const cookies: string[] = [];
  for (let learner = 0; learner < learners; learner += 1) {
    const cookie = await becomeGuest(site.address);
    await startNodes(site.address, cookie);
    cookies.push(cookie);
    const names = readdirSync(join(site.data, 'sessions')).map((name) => name.replace('.json', ''));
    sessions.push(...names.filter((name) => !sessions.includes(name)));
  }
  const place = placeOf(join(site.data, 'nodes'));
  for (const session of sessions) for (const node of NODES) unbind(place.session(session).node(node).cgroup);
  const log = { info: () => undefined, warn: () => undefined };
  const driver = createContainerDriver({ directory: join(site.data, 'nodes'), image, log });
  const line = ({ file, args, env }: PtyCommand) =>
    [
      'exec env -i',
      ...Object.entries(env).map(([name, value]) => quoted(`${name}=${value}`)),
      ...[file, ...args].map(quoted),
    ].join(' ');
  return {
    access: { kind: 'netloom', url: site.address, cookies },
    pids() {
      const pid = (name: string) => Number(readFileSync(join(site.data, 'run', `${name}.pid`), 'utf8'));
      return { web: pid('web'), ptyd: pid('ptyd') };
    },
    writeShell(directory) {
      mkdirSync(directory, { recursive: true });
      const shell = join(directory, 'shell');
      const target = join(directory, 'target');
      const cases = sessions.flatMap((session, learner) =>
        NODES.map((node) => `${learner}.${node}) ${line(driver.shell(session, node))} ;;`),
      );
      const script = ['#!/bin/sh', `read -r place < ${quoted(target)}`, 'case $place in', ...cases, 'esac', ''].join(
        '\n',
      );
      writeFileSync(shell, script, { mode: 0o755 });
      return { shell, target };
    },
  };
}
