import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { figuresOf as classFiguresOf, tableOf as classTableOf, measureClass } from './bench/class.ts';
import { createTypists } from './bench/client.ts';
import type { Contender, Measure, Name, Part } from './bench/contender.ts';
import { createEcho } from './bench/echo.ts';
import { figuresOf, type Measured } from './bench/figures.ts';
import { createInterrupt } from './bench/interrupt.ts';
import { measureMemory } from './bench/memory.ts';
import { createNavigation } from './bench/navigation.ts';
import { NEIGHBOURS } from './bench/neighbours.ts';
import { type Netloom, prepareNetloom } from './bench/netloom.ts';
import { benchNodes } from './bench/nodes.ts';
import { findTtyd, installWetty, startPeer } from './bench/peers.ts';
import { tableOf } from './bench/report.ts';
import { benchSnapshot } from './bench/snapshot.ts';
import { shuffled } from './bench/statistics.ts';
import { createThroughput } from './bench/throughput.ts';
import { measureRestarts } from './restart.ts';
import { openSite } from './site.ts';

/**
 * `npm run bench -- terminal [--json] [--rounds N] [--only echo,flood,…]`: the product's terminals beside wetty, ttyd
 * and the least that makes a terminal, all running the same shell on the same nodes, in one run with shuffled rounds.
 * `npm run bench -- snapshot [--json]`: how long the kernel is read, and until a verdict follows.
 * `npm run bench -- nodes [--rounds N] [--sessions N] [--json]`: how nodes come and what they take (bench/nodes.ts).
 * `npm run bench -- class [--learners N] [--json]`: a class that comes in the same minute (bench/class.ts).
 */

const PARTS = ['memory', 'echo', 'flood', 'ctrl-c', 'throughput', 'navigation', 'restarts'] as const;
type PartName = (typeof PARTS)[number];
const ROUNDS = 5;
const MEMORY_TIMES = 2;
const RESTARTS = 20;
/** How long the clearing up waits for what was being opened when it was stopped, ms. */
const STOP_MS = 30_000;
/** Learners of a class: what one server is meant for. */
const CLASS_LEARNERS = 60;
/** Sessions that are held at once when nodes are measured, and rounds of what is timed: each takes a few seconds. */
const NODE_SESSIONS = 200;
const NODE_ROUNDS = 10;
/** A learner who types, and those who flood beside him. */
const LEARNERS = 1 + NEIGHBOURS;

function imagePath(): string {
  return process.env.NETLOOM_IMAGE ?? resolve(import.meta.dirname, '../var/image');
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      learners: { type: 'string' },
      sessions: { type: 'string' },
    },
  });
  const only = values.only?.split(',') ?? PARTS;
  const subject = positionals.join();
  const rounds = Number(values.rounds ?? (subject === 'nodes' ? NODE_ROUNDS : ROUNDS));
  const sessions = Number(values.sessions ?? NODE_SESSIONS);
  const known = only.every((part): part is PartName => (PARTS as readonly string[]).includes(part));
  const learners = Number(values.learners ?? CLASS_LEARNERS);
  const counts = [rounds, learners, sessions].every((count) => Number.isInteger(count) && count >= 1);
  if (!['terminal', 'snapshot', 'nodes', 'class'].includes(subject) || !known || !counts) {
    say(`用法：npm run bench -- terminal [--json] [--rounds 轮数] [--only ${PARTS.join(',')}]`);
    say('　　　npm run bench -- snapshot [--json]');
    say('　　　npm run bench -- nodes [--rounds 轮数] [--sessions 会话数] [--json]');
    say('　　　npm run bench -- class [--learners 人数] [--json]');
    process.exit(2);
  }
  return { subject, json: values.json ?? false, rounds, sessions, learners, only: new Set<PartName>(only) };
}

const { subject, json, rounds, sessions, learners, only } = readOptions();
const measured: Measured = { rounds: {} };
const failures: string[] = [];
/** What has to be closed, the last first. */
const opened: (() => unknown)[] = [];
let stopping = false;

async function closeAll(): Promise<void> {
  for (let close = opened.pop(); close; close = opened.pop()) {
    try {
      await close();
    } catch (error) {
      failed('清理', error);
    }
  }
}

function failed(what: string, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  failures.push(`${what}：${why}`);
  say(`✗ ${what}没有测成：${why}`);
}

/** Runs something that stands alone; what goes wrong is told and leaves its figures out. */
async function attempt<T>(title: string, run: () => Promise<T>): Promise<T | undefined> {
  if (stopping) return undefined;
  const began = performance.now();
  say(`▸ ${title}…`);
  try {
    const result = await run();
    say(`✓ ${title}（${Math.round((performance.now() - began) / 1_000)} 秒）`);
    return result;
  } catch (error) {
    if (!stopping) failed(title, error);
    return undefined;
  }
}

function keep(name: Name, measure: Measure, value: number): void {
  const servers = measured.rounds[measure] ?? {};
  measured.rounds[measure] = servers;
  servers[name] = [...(servers[name] ?? []), value];
}

async function runRounds(parts: Part[], contenders: Contender[]): Promise<void> {
  /** A part that failed once with a server is not tried again: its figures are left out. */
  const broken = new Set<string>();
  for (let round = 1; round <= rounds && !stopping; round += 1) {
    const began = performance.now();
    for (const part of parts) {
      if (stopping) return;
      say(`  第 ${round} 轮，共 ${rounds} 轮：${part.title}`);
      for (const contender of shuffled(contenders.filter(part.suits))) {
        const title = `${part.title} · ${contender.name}`;
        if (stopping || broken.has(title)) continue;
        try {
          const values = Object.entries(await part.run(contender)) as [Measure, number][];
          for (const [measure, value] of values) keep(contender.name, measure, value);
        } catch (error) {
          if (stopping) return;
          broken.add(title);
          failed(title, error);
        }
      }
    }
    say(`✓ 第 ${round} 轮，共 ${rounds} 轮（${Math.round((performance.now() - began) / 1_000)} 秒）`);
  }
}

/** What a part gave before it broke with a server says nothing. */
function dropHalf(): void {
  for (const servers of Object.values(measured.rounds)) {
    for (const name of Object.keys(servers) as Name[]) if (servers[name]?.length !== rounds) delete servers[name];
  }
}

/** Starts whoever runs the same shell as the product, as far as there is such a program. */
async function startPeers(netloom: Netloom, directory: string): Promise<Contender[]> {
  const programs = {
    wetty: await attempt('wetty', () => installWetty(say)),
    ttyd: findTtyd(),
    floor: join(import.meta.dirname, 'bench/floor.ts'),
  };
  if (!programs.ttyd) say('  PATH 里没有 ttyd，这次不和它比');
  const shell = netloom.writeShell(directory);
  const peers: Contender[] = [];
  for (const name of ['wetty', 'ttyd', 'floor'] as const) {
    const program = programs[name];
    if (!program) continue;
    const peer = await attempt(`启动 ${name}`, () => startPeer(name, program, shell));
    if (!peer) continue;
    opened.push(() => peer.close());
    peers.push(peer);
  }
  return peers;
}

async function measureAll(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'netloom-bench-'));
  opened.push(() => rmSync(directory, { recursive: true, force: true }));
  const site = await attempt('启动织网', () => openSite('start', { NODE_OPTIONS: '--inspect-port=0' }));
  if (!site) return;
  opened.push(() => site.close());
  const netloom = await attempt(`启动 ${LEARNERS} 名学员的节点`, () => prepareNetloom(site, imagePath(), LEARNERS));
  if (!netloom) return;
  // First, while its memory is that of a server that has just been started.
  if (only.has('memory')) {
    measured.kbPerTerminal = await attempt('空闲终端的内存', () => measureMemory(netloom, MEMORY_TIMES));
  }
  const typists = createTypists();
  const makers: Partial<Record<PartName, () => Part>> = {
    echo: () => createEcho(typists, false),
    flood: () => createEcho(typists, true),
    'ctrl-c': createInterrupt,
    throughput: () => createThroughput(typists),
    navigation: () => createNavigation(site.browser),
  };
  const parts = PARTS.flatMap((name) => (only.has(name) ? (makers[name]?.() ?? []) : []));
  if (parts.length > 0) {
    const ours: Contender = {
      name: 'netloom',
      access: netloom.access,
      pids: () => Object.values(netloom.pids()),
    };
    const contenders = [ours, ...(await startPeers(netloom, directory))];
    opened.push(() => typists.close());
    await runRounds(parts, contenders);
    dropHalf();
    await typists.close();
  }
  if (only.has('restarts')) {
    const restarts = await attempt(`网页服务被杀死 ${RESTARTS} 次`, () => measureRestarts(site, RESTARTS));
    if (restarts) {
      const { outagesMs, lost, doubled } = restarts;
      measured.restarts = { outagesMs, bytesLost: lost + doubled };
    }
  }
}

/** What is told at the end. */
async function measure(): Promise<{ table: string; figures: Record<string, number> }> {
  if (subject === 'snapshot') {
    return benchSnapshot({
      attempt,
      openSite: () => openSite('start'),
      image: imagePath(),
      opened: (close) => opened.push(close),
    });
  }
  if (subject === 'nodes') {
    return benchNodes({
      ...{ attempt, rounds, sessions, say },
      image: imagePath(),
      opened: (close) => opened.push(close),
    });
  }
  if (subject === 'class') {
    const more = { NETLOOM_SESSIONS: String(learners) };
    const site = await attempt('启动织网', () => openSite('start', more));
    if (site) opened.push(() => site.close());
    const done = site && (await attempt(`${learners} 名学员的一堂课`, () => measureClass(site, learners, say)));
    return { table: classTableOf(done), figures: classFiguresOf(done) };
  }
  await measureAll();
  return { table: tableOf(measured), figures: figuresOf(measured) };
}

const work = measure().catch((error) => failed('测试', error));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    say('\n正在停止并清理…');
    await closeAll();
    // What was just being opened is opened or has failed before long; then it is closed, too.
    await Promise.race([work, new Promise((done) => setTimeout(done, STOP_MS))]);
    await closeAll();
    process.exit(130);
  });
}
const outcome = await work;
if (!stopping) {
  await closeAll();
  say(`\n${outcome?.table ?? ''}`);
  if (failures.length > 0) say(`\n没有测成：\n${failures.map((line) => `  ${line}`).join('\n')}`);
  if (json) process.stdout.write(`${JSON.stringify(outcome?.figures ?? {})}\n`);
  process.exit(failures.length > 0 ? 1 : 0);
}
// Otherwise the one who stops it ends it.
