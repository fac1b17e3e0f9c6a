import { bridgeOf, containerWithAddress, hostSide } from '../../../../server/network/container.ts';
import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { Frame, ProbeTrace } from '../../../../server/network/trace.ts';
import type { Case, Reason } from './evidence.ts';
import { isReply, isRequest, onUnderlay, type Packet, seenOn } from './packet.ts';
import { inContainer, intoContainer, intoTunnel, outOfTunnel, received, unpacked } from './reasons.ts';
import type { Death } from './refusal.ts';
import { rewritten } from './rewrite.ts';
import { nodeOf, peerOf, type Side, tunnelOf } from './sides.ts';

/**
 * Where a ping that got no answer was lost: its places in the order of its way, out and back; the first at which nobody
 * saw it is where it died, and each place has its usual reasons.
 */
export function whereItDied(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Death {
  const death = rewritten(trace, snapshot, side) ?? lostOut(trace, snapshot, side) ?? lostBack(trace, snapshot, side);
  const said = trace.errors[0];
  return said === undefined ? death : { ...death, advice: `${death.advice}ping 的报错是「${said}」。` };
}

/** What became of the request; undefined when the peer's bridge has seen it. */
function lostOut(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Death | undefined {
  const peer = peerOf(side);
  const places = way(snapshot, side, (packet) => isRequest(packet, peer));
  const index = lost(trace, places);
  const it: Case = { trace, snapshot, from: side, to: peer, packet: '请求' };
  if (index === null) return undefined;
  if (index === 0) return { place: '请求没有离开容器', ...inContainer(it) };
  return { place: `请求最后出现在${places[index - 1]?.name}`, ...reason(index, it) };
}

/** What became of the answer. */
function lostBack(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Death {
  const peer = peerOf(side);
  const places = way(snapshot, peer, (packet) => isReply(packet, peer));
  const index = lost(trace, places);
  const it: Case = { trace, snapshot, from: peer, to: side, packet: '应答' };
  if (index === 0) return { place: `请求到了 ${peer.label} 的网桥`, ...intoContainer(it, peer) };
  if (index === null) return { place: `应答到了 ${side.label} 的网桥`, ...intoContainer(it, side) };
  return { place: `应答最后出现在${places[index - 1]?.name}`, ...reason(index, it) };
}

/** Why a packet dies before the place of this index, which it never came to. */
function reason(index: number, it: Case): Reason {
  if (index === 1) return intoTunnel(it);
  if (index === 2) return outOfTunnel(it);
  return index === 3 ? received(it) : unpacked(it);
}

interface Place {
  name: string;
  saw(frame: Frame): boolean;
}

/** The places of the way from a side's container to the other, where the platform looks. */
function way(snapshot: NetworkSnapshot, from: Side, mine: (packet: Packet) => boolean): Place[] {
  const to = peerOf(from);
  const at = (side: Side, link: string | undefined): Place => ({
    name: ` ${side.label} 的 ${link ?? '?'}`,
    saw: (frame) => seenOn(frame, side, link) && mine(frame),
  });
  return [
    at(from, bridgeName(snapshot, from)),
    at(from, tunnelOf(snapshot, from)?.name),
    {
      name: '两个节点之间的线路',
      saw: (frame) => onUnderlay(frame, snapshot) && mine(frame.inner ?? frame),
    },
    at(to, tunnelOf(snapshot, to)?.name),
    at(to, bridgeName(snapshot, to)),
  ];
}

function bridgeName(snapshot: NetworkSnapshot, side: Side): string | undefined {
  const node = nodeOf(snapshot, side);
  const container = containerWithAddress(node, side.ip);
  return container && bridgeOf(node, hostSide(node, container.link))?.name;
}

/** The index of the first place that nobody after it makes up for; null when the last place saw the packet. */
function lost(trace: ProbeTrace, places: Place[]): number | null {
  const last = places.findLastIndex((place) => trace.frames.some((frame) => place.saw(frame)));
  return last === places.length - 1 ? null : last + 1;
}
