import type { NetworkSnapshot } from '../server/network/snapshot.ts';
import type { ProbeRequest, ProbeTrace } from '../server/network/trace.ts';

/** One line of a checkpoint's verdict, in the learner's language. */
export interface Fact {
  /**
   * Names the fact among those of its check, in lower case: 'bridge', 'veth-up'. It stays the same whatever the reason,
   * and on every node: opened hints, grades and tests go by it.
   */
  id: string;
  ok: boolean;
  /** What should be true, as a short sentence: 「FDB：这个 MAC 应指向 Node-2」. */
  title: string;
  /** The value that is expected and the value that is, short enough to stand side by side. */
  expected: string;
  actual: string;
  /**
   * On a failing fact the first hint: why it matters and how this kind of failure shows, without the command that
   * repairs it. On one that holds a notice: an accepted variant worth knowing about. Empty when there is nothing to say.
   * Backticks mark code.
   */
  advice: string;
  /**
   * The second hint of a failing fact: what to do. Backticks mark commands and nothing else, which the page offers to
   * run on the node of `look`. Unread on a fact that holds. A fact without one has nothing to give
   * away (another checkpoint comes first, a question is unanswered), so that its advice is told unasked.
   */
  repair?: string;
  /** One command that lets the learner see it with their own eyes, and the node to run it on. */
  look?: { node: string; command: string };
}

/** All that a fact has to say, in one piece: what it means and what to do. */
export function wholeAdvice({ ok, advice, repair = '' }: Fact): string {
  return ok ? advice : advice + repair;
}

/** Answers to a checkpoint's questions, by question id, as the learner typed them. */
export type Answers = Record<string, string>;

/**
 * The judgement of one checkpoint: pure functions. The session calls them in this order and stops where facts fail:
 * judge(snapshot) → evidence(snapshot) → probe → judgeTrace.
 */
export interface Check {
  /**
   * The ids of the facts that earn points, all of those the learner has to bring about; none that hold on fresh nodes.
   * Without it the facts of each verdict are counted, which cannot know what a list that was cut short left out.
   */
  earns?: readonly string[];
  /** Facts that a reading of the kernel decides. */
  judge(snapshot: NetworkSnapshot): Fact[];
  /**
   * For a check with a probe: has the learner done it themselves (kernel counters)? Judged when the verdict was not asked
   * for by hand; until it holds no probe is sent, so that the platform never does the learner's work unasked.
   */
  evidence?(snapshot: NetworkSnapshot): Fact[];
  /** What the platform sends itself once every fact of judge() holds. */
  probe?(snapshot: NetworkSnapshot): ProbeRequest;
  /** Facts that the probe's trace decides. */
  judgeTrace?(trace: ProbeTrace, snapshot: NetworkSnapshot): Fact[];
  /**
   * For a checkpoint with questions: the true answers, read off the platform's own capture, in canonical form. The
   * learner's answers are normalised by the question's kind before they are compared.
   */
  answers?(trace: ProbeTrace, snapshot: NetworkSnapshot): Answers;
}

/** A value of the learner's own nodes that a code block may carry as `{{key}}`. */
export interface LiveValue {
  /** What it is, for people: 「Node-2 上 vxlan100 的 MAC」. */
  label: string;
  /** The node it comes from; gives it its colour. */
  node: string;
  /** The value now, or null while it does not exist. */
  read(snapshot: NetworkSnapshot): string | null;
}

/** What a lab's checks.ts exports: a check for every checkpoint its steps declare, and its live values. */
export interface LabChecks {
  checks: Record<string, Check>;
  values: Record<string, LiveValue>;
}
