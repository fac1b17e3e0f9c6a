import { describe, expect, it } from 'vitest';
import type { LabState, ShownResult } from '../../../server/protocol.ts';
import type { Outline } from './outline.ts';
import { hintsOpened, labPoints } from './progress.ts';

const checkpoint = (id: string) => ({ id, title: id, points: 10 });
const course: Outline = {
  id: 'lab',
  title: '',
  subject: '',
  summary: '',
  minutes: 10,
  nodes: [],
  steps: [
    { id: '01', number: 1, title: '', short: '', checkpoints: [checkpoint('a'), checkpoint('b')] },
    { id: '02', number: 2, title: '', short: '', checkpoints: [checkpoint('c')] },
  ],
};
const result = (hints: number): ShownResult => ({ status: 'failed', facts: [], hintsOpened: hints });
const state: LabState = {
  lab: 'lab',
  session: { status: 'none' },
  results: { a: result(1), b: result(0), c: result(3) },
  scores: { a: 0.1, b: 0.2, gone: 5 },
  values: {},
  mistake: null,
  judging: false,
  ssh: false,
  recording: false,
  caveats: null,
  watchers: 0,
  guide: null,
  idleWarningMs: 0,
  now: 0,
};

describe('the points of a lab', () => {
  it('are those of its checkpoints, without the crumbs of binary fractions', () => {
    expect(labPoints(course, state)).toEqual({ earned: 0.3, total: 30 });
  });
  it('stand beside the hints that were opened', () => {
    expect(hintsOpened(state)).toBe(4);
  });
});
