import { setTimeout as sleep } from 'node:timers/promises';
import { socketPath } from '../../server/env.ts';
import type { Labd } from '../../server/labd/contract.ts';
import type { LabState } from '../../server/protocol.ts';
import { connectSeam } from '../../server/seam.ts';
import type { Site } from '../site.ts';
import { ask, connected, LAB, netloomSocket } from './client.ts';
import { prepareNetloom } from './netloom.ts';

/** The step and the checkpoint whose verdict changes. */
const STEP = '02-containers';
const CHECKPOINT = 'containers-node-1';
/** ms. A verdict that is not there by then will not come. */
const LATE_MS = 10_000;
/** ms between two changes: a learner does not type faster. */
const PAUSE_MS = 900;
const LIMITS = { timeoutMs: 20_000, maxBytes: 65_536 };

const BUILD = `set -e
ip netns add docker1
ip link add veth1 type veth peer name veth0 netns docker1
ip -n docker1 addr add 172.17.0.2/24 dev veth0
ip -n docker1 link set veth0 up
ip link add br0 type bridge
ip link set veth1 master br0 up
ip link set br0 up
ip addr add 172.17.0.1/24 dev br0
ip -n docker1 route add default via 172.17.0.1
sysctl -qw net.ipv4.conf.all.forwarding=1`;
/** Breaks and repairs what the checkpoint wants, by turns. */
const CHANGES: [script: string, status: 'passed' | 'failed'][] = [
  ['ip link set veth1 nomaster', 'failed'],
  ['ip link set veth1 master br0', 'passed'],
  ['ip -n docker1 route del default', 'failed'],
  ['ip -n docker1 route add default via 172.17.0.1', 'passed'],
  ['sysctl -qw net.ipv4.conf.all.forwarding=0', 'failed'],
  ['sysctl -qw net.ipv4.conf.all.forwarding=1', 'passed'],
];

/**
 * From just before a command changes the kernel, by the node's own clock, to the news with the new verdict at the
 * browser's socket, in ms. The command comes from outside every terminal: no shell tells of it.
 */
export async function measureVerdicts(site: Site, image: string, times: number): Promise<number[]> {
  const netloom = await prepareNetloom(site, image, 1);
  const socket = netloomSocket(site.address, netloom.access.cookies[0] ?? '');
  const labd = connectSeam<Labd, object>({ path: socketPath(site.data, 'labd'), functions: {} });
  try {
    await connected(socket);
    let seen: { status: string | undefined; at: number } = { status: undefined, at: 0 };
    const waiting = new Set<() => void>();
    socket.on('lab:state', ({ results }: LabState) => {
      const status = results[CHECKPOINT]?.status;
      if (status === seen.status) return;
      seen = { status, at: performance.timeOrigin + performance.now() };
      for (const wake of waiting) wake();
    });
    const until = async (status: string) => {
      const deadline = performance.now() + LATE_MS;
      while (seen.status !== status) {
        if (performance.now() > deadline) throw new Error(`the verdict did not become ${status}`);
        await Promise.race([
          sleep(100),
          new Promise<void>((resolve) => {
            waiting.add(resolve);
          }),
        ]);
        waiting.clear();
      }
      return seen.at;
    };
    await ask(socket, 'lab:enter', { lab: LAB, step: STEP });
    const session = (await labd.remote.list())[0]?.session ?? '';
    const change = async (script: string) => {
      const { code, stdout } = await labd.remote.exec(session, 'node-1', ['bash', '-c', script], LIMITS);
      if (code !== 0) throw new Error(`${script} ended with ${code}`);
      return Number(stdout) * 1_000;
    };
    await change(BUILD);
    await until('passed');
    const took: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const [script, status] = CHANGES[time % CHANGES.length] ?? ['', 'passed'];
      await sleep(PAUSE_MS);
      const began = await change(`echo $EPOCHREALTIME; exec ${script}`);
      took.push((await until(status)) - began);
    }
    return took;
  } finally {
    socket.disconnect();
    labd.close();
  }
}
