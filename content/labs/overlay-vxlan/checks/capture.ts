import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { ProbeTrace } from '../../../../server/network/trace.ts';
import type { Answers, Check } from '../../../check.ts';
import { gateFacts } from './gate.ts';
import { journeyFacts } from './journey.ts';
import { isRequest, onUnderlay, seenOn } from './packet.ts';
import { pingRequest } from './ping.ts';
import { peerOf, type Side, tunnelOf } from './sides.ts';

/** The questions about a captured packet; answers come from the platform's own capture of a side's ping. */
export function captureCheck(side: Side): Check {
  return {
    // The way there earns in the checkpoints before: here it is the answers.
    earns: ['vni', 'dst-port', 'src-port', 'inner-ttl', 'inner-dst-mac'].map((id) => `answer.${id}`),
    judge: gateFacts,
    probe: (snapshot) => pingRequest(snapshot, side),
    judgeTrace: (trace, snapshot) => journeyFacts(trace, snapshot, side),
    answers: (trace, snapshot) => readAnswers(trace, snapshot, side),
  };
}

function readAnswers(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Answers {
  const outer = trace.frames.find(
    (frame) => onUnderlay(frame, snapshot) && frame.vxlan && frame.inner && isRequest(frame.inner, peerOf(side)),
  );
  const tunnel = tunnelOf(snapshot, side);
  const entering = trace.frames.find(
    (frame) => tunnel && seenOn(frame, side, tunnel.name) && isRequest(frame, peerOf(side)),
  );
  const inner = entering ?? outer?.inner;
  return {
    ...(outer?.vxlan && { vni: String(outer.vxlan.vni) }),
    ...(outer?.udp && { 'dst-port': String(outer.udp.dst), 'src-port': String(outer.udp.src) }),
    ...(inner?.ip && { 'inner-ttl': String(inner.ip.ttl) }),
    ...(inner && { 'inner-dst-mac': inner.ethernet.dst }),
  };
}
