import { containerWithAddress } from '../../../../server/network/container.ts';
import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { ProbeRequest } from '../../../../server/network/trace.ts';
import type { Check, Fact } from '../../../check.ts';
import { claim, fails, holds } from './claim.ts';
import { containerName } from './containers.ts';
import { gateFacts } from './gate.ts';
import { JOURNEY, journeyFacts } from './journey.ts';
import { nodeOf, peerOf, type Side, tunnelOf } from './sides.ts';

/** How many echo requests a probe sends: the first may be late for ARP, the second shows the way. */
const PROBE_COUNT = 2;

/** Whether a node's container reaches the other one, through the tunnel. */
export function pingCheck(side: Side): Check {
  return {
    // The gate only repeats what earlier checkpoints have paid for.
    earns: JOURNEY,
    judge: gateFacts,
    evidence: (snapshot) => [ownPing(snapshot, side)],
    probe: (snapshot) => pingRequest(snapshot, side),
    judgeTrace: (trace, snapshot) => journeyFacts(trace, snapshot, side),
  };
}

/** A ping from a side's container to the other's. */
export function pingRequest(snapshot: NetworkSnapshot, side: Side): ProbeRequest {
  const container = containerWithAddress(nodeOf(snapshot, side), side.ip);
  const namespace = container?.namespace.name ?? side.container;
  return { node: side.node, namespace, to: peerOf(side).ip, count: PROBE_COUNT };
}

/** The learner's own ping has left its traces: replies here, requests there, packets both ways through the tunnel. */
function ownPing(snapshot: NetworkSnapshot, side: Side): Fact {
  const peer = peerOf(side);
  const container = containerWithAddress(nodeOf(snapshot, side), side.ip);
  const name = container ? containerName(container.namespace, side) : side.container;
  const command = `ip netns exec ${name} ping -c 3 ${peer.ip}`;
  const done = claim(side, 'own-ping', `你从 ${name} ping 通过 ${peer.ip}`, '收到过应答', command);
  const replies = container?.namespace.counters.IcmpInEchoReps ?? 0;
  // Replies may be the gateway's, and the tunnel may have carried the other side's ping: the peer must have been asked.
  const asked = containerWithAddress(nodeOf(snapshot, peer), peer.ip)?.namespace.counters.IcmpInEchos ?? 0;
  const { rxPackets = 0, txPackets = 0 } = tunnelOf(snapshot, side)?.counters ?? {};
  if (replies > 0 && asked > 0 && rxPackets > 0 && txPackets > 0) return holds(done);
  const actual = replies > 0 ? '收到的应答不是从对端容器来的' : '还没有收到应答';
  return fails(done, actual, '该有的都有了，亲手试一下。', `在 ${side.label} 上执行 \`${command}\`。`);
}
