import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Link, NetworkSnapshot } from '../server/network/snapshot.ts';
import { loadChecks } from './judgements.ts';
import { loadAll } from './load.ts';
import { readMutations } from './mutations.ts';
import { makeScratch } from './scratch.ts';

const root = join(import.meta.dirname, '..');

/** The files of docs/authoring.md: a path in backticks, then the fenced text. */
function filesOfGuide(): Record<string, string> {
  const guide = readFileSync(join(root, 'docs/authoring.md'), 'utf8');
  const files = guide.matchAll(/^`(content\/labs\/[^`]+)`：\n\n(`{3,})\w+\n([\s\S]*?\n)\2$/gm);
  return Object.fromEntries(Array.from(files, ([, name = '', , text = '']) => [name, text]));
}

/** Node-1 with nothing but lo, or with a bridge too. */
function snapshotWith(bridge?: Partial<Link>): NetworkSnapshot {
  const counters = { rxPackets: 0, txPackets: 0, rxDropped: 0, txDropped: 0, rxErrors: 0, txErrors: 0, txCarrier: 0 };
  const plain = { mac: '02:00:00:00:00:01', mtu: 1500, up: true, carrier: true, kind: '', addresses: [], counters };
  const links: Link[] = [{ ...plain, index: 1, name: 'lo' }];
  if (bridge) links.push({ ...plain, index: 2, name: 'br7', kind: 'bridge', ...bridge });
  const namespace = {
    name: null,
    inode: 1,
    links,
    routes: [],
    rules: [],
    neighbours: [],
    fdb: [],
    forwarding: {},
    rpFilter: {},
    firewall: [],
    counters: {},
  };
  const node = { name: 'node-1', namespaces: [namespace] as [typeof namespace], routeAnswers: [], packages: {} };
  return { takenAt: 0, tookMs: 0, nodes: { 'node-1': node } };
}

test('the lab in docs/authoring.md is a lab: it loads, and its checkpoint goes from red to green', async () => {
  using scratch = makeScratch(filesOfGuide());
  symlinkSync(join(root, 'server'), join(scratch.directory, 'server'));
  const [lab] = loadAll(join(scratch.directory, 'content/labs'));
  if (!lab) throw new Error('docs/authoring.md shows no lab');
  const { checks, values } = await loadChecks(lab);
  expect(readMutations(lab, { values }).listed.map(({ broken }) => broken?.fact)).toEqual(['address', undefined]);

  const judge = (bridge?: Partial<Link>) => checks.bridge?.judge(snapshotWith(bridge)).map(({ ok }) => ok);
  expect(judge()).toEqual([false]);
  expect(judge({ up: false })).toEqual([true, false, false]);
  expect(judge({ addresses: [{ family: 'inet', local: '10.1.0.1', prefix: 24 }] })).toEqual([true, true, true]);
  expect(values['node-1.bridge.mac']?.read(snapshotWith({}))).toBe('02:00:00:00:00:01');
  expect(values['node-1.bridge.mac']?.read(snapshotWith())).toBeNull();
});
