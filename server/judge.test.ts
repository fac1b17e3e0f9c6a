import { describe, expect, it, vi } from 'vitest';
import type { Fact } from '../content/check.ts';
import { createJudge } from './judge.ts';
import type { CheckpointResult } from './protocol.ts';
import { createFakeLabd, createTestLab } from './testbed.ts';

function setUp(results: Record<string, CheckpointResult> = {}) {
  const labd = createFakeLabd();
  const { source, truth } = createTestLab();
  const fault = vi.fn();
  const unreadable = vi.fn();
  const save = vi.fn(async (_checkpoint: string, _result: CheckpointResult) => undefined);
  let clock = 1_000;
  const judge = createJudge({
    session: 'session1',
    source,
    labd,
    results,
    save,
    skips: () => false,
    ready: () => true,
    now: () => {
      clock += 1;
      return clock;
    },
    changed: () => undefined,
    fault,
    unreadable,
  });
  const snapshots = () => labd.calls.filter((call) => call === 'snapshot').length;
  return { judge, labd, source, truth, fault, unreadable, save, snapshots };
}
const auto = (...checkpoints: string[]) => ({ byHand: false, checkpoints });
const byHand = (...checkpoints: string[]) => ({ byHand: true, checkpoints });

describe('a judge', () => {
  it('makes of all that is asked during a judgement one more, over one reading', async () => {
    const { judge, labd, truth, snapshots } = setUp();
    const release = labd.hold('snapshot');
    truth.add('links');
    const first = judge.judge(auto('links'));
    const others = [judge.judge(auto('links')), judge.judge(auto('ping')), judge.judge(auto('links'))];
    expect(judge.busy()).toBe(true);
    release();
    await Promise.all([first, ...others]);
    expect(snapshots()).toBe(2);
    expect(judge.result('links').status).toBe('passed');
    expect(judge.result('ping').status).toBe('failed');
    expect(judge.busy()).toBe(false);
  });

  it('takes only what was asked for by hand as asked for by hand', async () => {
    const { judge, labd } = setUp();
    const release = labd.hold('snapshot');
    const all = [judge.judge(auto('links')), judge.judge(auto('ping')), judge.judge(byHand('links'))];
    release();
    await Promise.all(all);
    expect(judge.result('ping').status).toBe('failed');
    expect(labd.calls).not.toContain('probe');
  });

  it('says unknown, not wrong, when the nodes cannot be read, and keeps when it passed first', async () => {
    const { judge, labd, truth, fault, unreadable } = setUp();
    truth.add('links');
    await judge.judge(byHand('links'));
    const { passedAt } = judge.result('links');
    expect(passedAt).toBeGreaterThan(0);
    labd.fail('snapshot', true);
    await judge.judge(byHand('links'));
    expect(judge.result('links')).toMatchObject({ status: 'unknown', passedAt });
    expect(fault).toHaveBeenCalledOnce();
    expect(unreadable).toHaveBeenCalledOnce();
    labd.fail('snapshot', false);
    truth.delete('links');
    await judge.judge(byHand('links'));
    expect(judge.result('links')).toMatchObject({ status: 'failed', passedAt });
  });

  it('says unknown of the one checkpoint whose probe could not be sent', async () => {
    const { judge, labd, truth } = setUp();
    truth.add('links');
    labd.fail('probe', true);
    await judge.judge(byHand('ping', 'links'));
    expect(judge.result('ping').status).toBe('unknown');
    expect(judge.result('links').status).toBe('passed');
  });

  it.each([
    ['of one id twice', ['same', 'same'], /id 是 same，和前面的一条重复了/],
    ['of no proper id', ['Same!'], /写的是 Same!/],
    ['of no id at all', [undefined], /写的是 undefined/],
  ])('tells the author, not the learner, of facts %s', async (_, ids, says) => {
    const { judge, source, fault } = setUp();
    const facts = ids.map((id) => ({ id, ok: false, title: 'x', expected: '', actual: '', advice: '' }) as Fact);
    Object.assign(source.checks().checks.links ?? {}, { judge: () => facts });
    await judge.judge(byHand('links'));
    expect(judge.result('links')).toMatchObject({ status: 'unknown', trouble: 'check', facts: [] });
    expect(String(fault.mock.calls[0]?.[0])).toMatch(says);
  });

  it('waits for answers without a verdict, and looks again at what it has already called wrong', async () => {
    const { judge, truth } = setUp();
    truth.add('state');
    await judge.judge(auto('asked'));
    expect(judge.result('asked').status).toBe('pending');
    await judge.judge(byHand('asked'));
    expect(judge.result('asked').status).toBe('failed');
    await judge.judge(auto('asked'));
    expect(judge.result('asked').status).toBe('failed');
    expect(judge.result('asked').facts.map((each) => each.title)).toEqual(['fact', 'TTL']);
    await judge.setAnswers('asked', { ttl: '64' });
    await judge.judge(auto('asked'));
    expect(judge.result('asked')).toMatchObject({ status: 'passed', answers: { ttl: '64' } });
  });

  it('does not wait for a probe when the nodes have changed meanwhile, but each second time', async () => {
    const { judge, labd, truth } = setUp();
    truth.add('tried');
    const probes = () => labd.calls.filter((call) => call === 'probe').length;
    const release = labd.hold('probe');
    const first = judge.judge(auto('ping', 'links'));
    await vi.waitFor(() => expect(probes()).toBe(1));
    truth.add('links');
    const second = judge.judge(auto('links'));
    // The first is given up, and what it had not judged is judged with the second: its probe is then waited for.
    await vi.waitFor(() => expect(probes()).toBe(2));
    expect(judge.result('links').status).toBe('passed');
    truth.delete('links');
    const third = judge.judge(auto('links'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(judge.result('links').status).toBe('passed');
    release();
    await Promise.all([first, second, third]);
    expect(judge.result('links').status).toBe('failed');
    expect(judge.result('ping').status).not.toBe('pending');
  });

  it('waits for a probe that was asked for by hand', async () => {
    const { judge, labd } = setUp();
    const release = labd.hold('probe');
    const first = judge.judge(byHand('ping'));
    await vi.waitFor(() => expect(labd.calls).toContain('probe'));
    const second = judge.judge(auto('links'));
    release();
    await first;
    expect(judge.result('ping').status).toBe('passed');
    await second;
  });

  it('is idle again after a judgement that could not be kept, and tells whoever asked for it', async () => {
    const { judge, save } = setUp();
    save.mockRejectedValue(new Error('the disk is full'));
    const asked = expect(judge.judge(byHand('links'))).rejects.toThrow('the disk is full');
    await judge.idle();
    await asked;
    expect(judge.busy()).toBe(false);
  });
});
