import type { Lab } from '../../content/lab.ts';
import type { Command } from '../protocol.ts';
import type {
  CommandSummary,
  GradeRow,
  PastVerdict,
  Report,
  ReportCheckpoint,
  ReportFact,
  ReportVerdict,
} from '../record-protocol.ts';
import type { LoggedVerdict } from '../store/verdicts.ts';
import { bestOf, type Deciding, whyWords } from './explanation.ts';
import type { CheckpointGrade, LabGrade } from './grade.ts';

/** Entries of a checkpoint's log that a report shows; beyond it those between the decisive ones are left out. */
const SHOWN_ENTRIES = 12;
/** Programs and commands that sum up a history. */
const SHOWN_PROGRAMS = 8;
const SHOWN_COMMANDS = 20;
/** A program's name is short; what is longer is no name of one. */
const PROGRAM_MAX_CHARS = 24;
/** What stands before the program that is really run. */
const WRAPPERS = /^(?:(?:sudo|time|nohup|exec)\s+|[A-Za-z_]\w*=\S*\s+)+/;
/** A program run in a namespace of its own counts as itself. */
const IN_NAMESPACE = /^ip\s+(?:netns\s+exec\s+\S+|-n\s+\S+)\s+/;

/** A grade as a line of a table. */
export function rowOf({ checkpoints, lab, ...grade }: LabGrade): GradeRow {
  const { learner, points, score, passed, attempts, hints, startedAt, finishedAt, judgedAt, tookMs } = grade;
  return {
    learner,
    lab: lab.id,
    ...{ points, score, passed, attempts, hints, startedAt, finishedAt, judgedAt, tookMs },
    deadline: grade.deadline,
    late: grade.late,
    standings: checkpoints.map(({ standing }) => standing),
  };
}

/** A verdict as a report shows it. */
export function verdictOf({ judgedAt, status, skipped, byHand, share, facts }: LoggedVerdict): PastVerdict {
  return { at: judgedAt, status, skipped, byHand, share, facts: facts.map(factOf) };
}

function factOf({ ok, title, expected, actual }: ReportFact): ReportFact {
  return { ok, title, expected, actual };
}

/** Everything a report tells of the checkpoints of a grade. */
export function checkpointsOf(
  lab: Lab,
  grade: LabGrade,
  log: readonly (LoggedVerdict & { checkpoint: string })[],
): ReportCheckpoint[] {
  const byCheckpoint = Map.groupBy(log, ({ checkpoint }) => checkpoint);
  const steps = new Map(lab.steps.map(({ id, number, head }) => [id, { number, title: head.title }]));
  return grade.checkpoints.map((checkpoint) => {
    const { failing: _failing, step, ...plain } = checkpoint;
    const mine = byCheckpoint.get(checkpoint.id) ?? [];
    const { shown, omitted } = logOf(checkpoint, mine);
    return {
      ...plain,
      step: steps.get(step) ?? { number: 0, title: '' },
      why: whyWords({ checkpoint, log: mine }),
      log: shown,
      omitted,
    };
  });
}

/** The beginning and the end of a log, and in any case what decided. */
function logOf(
  checkpoint: CheckpointGrade,
  log: readonly LoggedVerdict[],
): { shown: ReportVerdict[]; omitted: number } {
  const decisive = decisiveOf({ checkpoint, log });
  const kept = log.flatMap((verdict, index) => {
    const near = index < SHOWN_ENTRIES / 2 || index >= log.length - SHOWN_ENTRIES / 2;
    return near || index === decisive
      ? [{ ...verdictOf(verdict), number: index + 1, decides: index === decisive }]
      : [];
  });
  return { shown: kept, omitted: log.length - kept.length };
}

/** The place in the log of what gave a checkpoint its points; -1 where nothing did. */
function decisiveOf({ checkpoint, log }: Deciding): number {
  if (checkpoint.passedAt !== undefined) return log.findIndex(({ status, skipped }) => status === 'passed' && !skipped);
  return checkpoint.score > 0 ? bestOf(log) : -1;
}

/** Sums up commands, which come newest first. */
export function summaryOf(commands: readonly Command[]): CommandSummary {
  const counted = (names: string[]) =>
    [...Map.groupBy(names, (name) => name)]
      .map(([name, those]) => ({ name, total: those.length }))
      .sort((a, b) => b.total - a.total || a.name.localeCompare(b.name));
  return {
    total: commands.length,
    failed: commands.filter(({ code }) => code !== null && code !== 0).length,
    nodes: counted(commands.map(({ node }) => node))
      .map(({ name: node, total }) => ({ node, total }))
      .sort((a, b) => a.node.localeCompare(b.node)),
    programs: counted(commands.flatMap(({ text }) => programOf(text) ?? [])).slice(0, SHOWN_PROGRAMS),
    last: commands.slice(0, SHOWN_COMMANDS),
  };
}

/** The program a command line begins with; undefined where that is no name. */
function programOf(text: string): string | undefined {
  const bare = text.trim().replace(WRAPPERS, '').replace(IN_NAMESPACE, '');
  const name = /^[\w./-]+/.exec(bare)?.[0].split('/').at(-1);
  return name && name.length <= PROGRAM_MAX_CHARS ? name : undefined;
}

/** A report, from what was read for it. */
export function reportOf(parts: {
  lab: Lab;
  grade: LabGrade;
  log: readonly (LoggedVerdict & { checkpoint: string })[];
  commands: readonly Command[];
  recordings: Report['recordings'];
  group: Report['class'];
  now: number;
}): Report {
  const { lab, grade, group } = parts;
  return {
    class: group && { id: group.id, name: group.name },
    lab: { id: lab.id, title: lab.file.title },
    grade: rowOf(grade),
    checkpoints: checkpointsOf(lab, grade, parts.log),
    commands: summaryOf(parts.commands),
    recordings: parts.recordings,
    at: parts.now,
  };
}
