import type { CheckpointResult } from '../protocol.ts';
import { type GradedLab, gradeLab, type LabGrade, type Learner } from './grade.ts';

/** 2026-11-23 14:00:00 in Beijing. */
export const START = Date.UTC(2026, 10, 23, 6);
export const MINUTE = 60_000;

/** Names as nobody should have them. */
export const HOSTILE = `=cmd|' /C calc'!A0\r\n"x",<b>&\u0000\u001b[1m\ud800`;

const checkpoint = (id: string, title: string, step: string) => ({
  id,
  title,
  step,
  points: 10,
  partial: true,
  questions: [],
});

/** A lab of three checkpoints. */
export const lab: GradedLab = {
  id: 'overlay',
  file: { title: '跨主机通信' },
  checkpoints: [
    checkpoint('bridge', '网桥已激活', '01-bridge'),
    checkpoint('vxlan', 'VXLAN 设备就绪', '02-vxlan'),
    checkpoint('ping', '能 ping 通', '03-ping'),
  ],
};

const fact = { id: 'vni', ok: false, title: 'VNI', expected: '100', actual: '200', advice: '' };
const passed = (minutes: number): CheckpointResult => ({
  status: 'passed',
  facts: [{ ...fact, ok: true }],
  judgedAt: START + minutes * MINUTE,
  passedAt: START + minutes * MINUTE,
  share: 1,
  attempts: 3,
  checks: 1,
});
const failed: CheckpointResult = {
  status: 'failed',
  facts: [fact],
  judgedAt: START + 50 * MINUTE,
  share: 0.65,
  attempts: 4,
  checks: 2,
};

/** Until when the first two had time: the last checkpoint of the first came after it. */
export const DEADLINE = START + 90 * MINUTE;

/** Four learners: finished; in the middle, with one lapsed and one that could not be checked; a guest; never came. */
export function grades(): LabGrade[] {
  const learner = (person: string, studentNo?: string, name?: string): Learner => ({ person, studentNo, name });
  return [
    gradeLab(
      lab,
      learner('p1', '0012345678', '张三'),
      {
        startedAt: START,
        results: { bridge: passed(10), vxlan: passed(20), ping: passed(95) },
        hints: { vxlan: 2, ping: 1 },
      },
      DEADLINE,
    ),
    gradeLab(
      lab,
      learner('p2', '0012345679', HOSTILE),
      {
        startedAt: START,
        results: {
          bridge: { ...passed(10), status: 'failed', facts: [fact], judgedAt: START + 60 * MINUTE },
          vxlan: failed,
          ping: { status: 'unknown', facts: [], judgedAt: START + 55 * MINUTE },
        },
      },
      DEADLINE,
    ),
    gradeLab(lab, learner('p3'), { startedAt: START, results: { bridge: failed } }),
    gradeLab(lab, learner('p4', '0012345680', '李四')),
  ];
}
