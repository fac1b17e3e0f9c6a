import { describe, expect, test } from 'vitest';
import type { Frame, ProbeTrace } from '../../../../server/network/trace.ts';
import { type Fact, wholeAdvice } from '../../../check.ts';
import { checks } from '../checks.ts';
import { pinged, solved } from '../fixtures/solved.ts';

const check = checks['ping-1-to-2'];
const capture = checks.capture;

const judge = (trace: ProbeTrace) => check?.judgeTrace?.(trace, solved().snapshot) ?? [];
/** What the failing facts say, hint and repair. */
const saidBy = (facts: Fact[]) =>
  facts
    .filter(({ ok }) => !ok)
    .map(wholeAdvice)
    .join();
const place = ({ at }: Frame) => ('wire' in at ? 'wire' : `${at.node} ${at.link}`);
const isReply = (frame: Frame) => (frame.inner ?? frame).icmp?.type === 0;

/** The recorded ping, had it died: what is kept of the request, and of the reply. */
function cut(request: string[], reply: string[] = [], more: Partial<ProbeTrace> = {}): ProbeTrace {
  const trace = pinged();
  const frames = trace.frames.filter((frame) => (isReply(frame) ? reply : request).includes(place(frame)));
  const { replyTtl: _, ...rest } = trace;
  return { ...rest, received: 0, frames, ...more };
}

const UP_TO_WIRE = ['node-1 br0', 'node-1 vxlan100', 'node-1 ens33', 'wire', 'node-2 ens33'];
const ALL_THE_WAY = [...UP_TO_WIRE, 'node-2 vxlan100', 'node-2 br0'];

describe('a ping through the tunnel', () => {
  test('holds', () => {
    expect(judge(pinged()).map(({ ok }) => ok)).toEqual([true, true, true, true]);
  });

  test.each([
    ['left the container never', cut([]), /没有离开容器/],
    ['stopped at the bridge', cut(['node-1 br0']), /最后出现在 Node-1 的 br0.*FORWARD/],
    ['stopped in the tunnel: FDB', cut(['node-1 br0', 'node-1 vxlan100']), /Node-1 的 vxlan100.*FDB/],
    [
      'circled',
      cut(['node-1 br0', 'node-1 vxlan100'], [], { errors: ['From 172.17.0.1 Time to live exceeded'] }),
      /打转/,
    ],
    ['stopped on the wire', cut(UP_TO_WIRE), /两个节点之间的线路.*一声不响/],
    ['stopped in the other tunnel', cut([...UP_TO_WIRE, 'node-2 vxlan100']), /Node-2 的 vxlan100.*没有转发给网桥/],
    ['got no answer', cut(ALL_THE_WAY), /容器却没有应答/],
    ['lost its answer at the bridge', cut(ALL_THE_WAY, ['node-2 br0']), /应答最后出现在 Node-2 的 br0/],
    [
      'lost its answer in the tunnel',
      cut(ALL_THE_WAY, ['node-2 br0', 'node-2 vxlan100']),
      /应答最后出现在 Node-2 的 vxlan100.*FDB/,
    ],
    ['lost its answer at home', cut(ALL_THE_WAY, [...ALL_THE_WAY]), /应答到了 Node-1 的网桥/],
  ])('that %s', (_, trace, says) => {
    const facts = judge(trace);
    expect(facts.length).toBe(1);
    expect(`${facts[0]?.actual} ${saidBy(facts)}`).toMatch(says);
  });

  test('with a foreign inner MAC is dropped as somebody else’s', () => {
    const trace = cut([...UP_TO_WIRE, 'node-2 vxlan100']);
    for (const frame of trace.frames) frame.ethernet = { ...frame.ethernet, dst: '16:8f:3f:90:b9:2e' };
    expect(saidBy(judge(trace))).toMatch(/当成别人的帧/);
  });

  test('whose outer packet went to nobody is blamed on the sender’s neighbour table', () => {
    const trace = cut(UP_TO_WIRE);
    for (const frame of trace.frames) if (frame.vxlan) frame.ethernet = { ...frame.ethernet, dst: '02:aa:aa:aa:aa:aa' };
    expect(saidBy(judge(trace))).toMatch(/Node-1 上执行 `ip neigh del 192\.168\.245\.172 dev ens33`/);
  });

  test('that was masqueraded', () => {
    const trace = cut(ALL_THE_WAY);
    for (const frame of trace.frames) if (place(frame) === 'node-1 vxlan100' && frame.ip) frame.ip.src = '172.17.0.0';
    expect(saidBy(judge(trace))).toMatch(/MASQUERADE/);
  });

  test('beside the tunnel does not count, though it is answered', () => {
    const trace = pinged();
    for (const frame of trace.frames) {
      if (!frame.inner) continue;
      Object.assign(frame, frame.inner);
      delete frame.vxlan;
      delete frame.inner;
    }
    expect(saidBy(judge(trace))).toMatch(/绕过了隧道/);
  });

  test('handed back by the other node bare is that node’s doing', () => {
    const trace = pinged();
    const mac = solved().link(2, 'ens33').mac;
    for (const frame of trace.frames) {
      if (!frame.inner) continue;
      Object.assign(frame, frame.inner, { ethernet: { ...frame.ethernet, src: mac } });
      delete frame.vxlan;
      delete frame.inner;
    }
    expect(saidBy(judge(trace))).toMatch(
      /在 Node-2 上看 `ip route` 和 `ip rule`：去往自己的 172\.18\.0\.0\/24 的路由应是网桥/,
    );
  });

  test('answered by somebody nearer', () => {
    const facts = judge({ ...pinged(), replyTtl: 64 });
    expect(facts.find(({ ok }) => !ok)?.title).toBe('应答的 TTL');
  });

  test.each([
    ['another VNI', (frame: Frame) => Object.assign(frame.vxlan ?? {}, { vni: 200 }), /线路上/],
    [
      'another MAC inside',
      (frame: Frame) => Object.assign(frame.inner?.ethernet ?? {}, { dst: 'aa:aa:aa:aa:aa:aa' }),
      /内层以太帧/,
    ],
  ])('with %s', (_, change, title) => {
    const trace = pinged();
    for (const frame of trace.frames) change(frame);
    expect(judge(trace).find(({ ok }) => !ok)?.title).toMatch(title);
  });
});

describe('the learner', () => {
  test('has to ping first', () => {
    const rig = solved();
    expect(check?.evidence?.(rig.snapshot)[0]?.ok).toBe(false);
    rig.docker(1).counters.IcmpInEchoReps = 3;
    expect(check?.evidence?.(rig.snapshot)[0]).toMatchObject({ ok: false, actual: '收到的应答不是从对端容器来的' });
    Object.assign(rig.link(1, 'vxlan100').counters, { rxPackets: 3, txPackets: 3 });
    // The other side has pinged through the tunnel, and this one its gateway: still not the ping that is asked for.
    expect(check?.evidence?.(rig.snapshot)[0]?.ok).toBe(false);
    rig.docker(2).counters.IcmpInEchos = 3;
    expect(check?.evidence?.(rig.snapshot)[0]?.ok).toBe(true);
  });

  test('is probed from the container, whatever it is called', () => {
    const rig = solved();
    rig.docker(1).name = 'c1';
    expect(check?.probe?.(rig.snapshot)).toEqual({ node: 'node-1', namespace: 'c1', to: '172.18.0.2', count: 2 });
  });

  test('finds these answers in a capture', () => {
    const rig = solved();
    expect(capture?.answers?.(pinged(), rig.snapshot)).toEqual({
      vni: '100',
      'dst-port': '4789',
      'src-port': '42306',
      'inner-ttl': '63',
      'inner-dst-mac': rig.mac(2),
    });
    expect(capture?.answers?.({ ...pinged(), frames: [] }, rig.snapshot)).toEqual({});
  });
});
