import { IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Recording, Report, ReportCheckpoint, ReportFact, ReportVerdict } from '../../server/record-protocol.ts';
import { CommandReport } from './CommandReport.tsx';
import styles from './ReportSheet.module.css';
import { called, clockTime, length, moment, signs, span, standings, report as words } from './words.ts';

interface Props {
  report: Report;
  title: string;
  /** Where a recording is played, for whoever may; without it they are only listed. */
  replay?(recording: Recording): string;
}

/** A learner's grade of a lab and how it came about: on the screen and on paper. */
export function ReportSheet({ report, title, replay }: Props) {
  const { grade, checkpoints, commands, recordings, lab } = report;
  const { learner } = grade;
  const steps = [...Map.groupBy(checkpoints, ({ step }) => step.number).values()];
  return (
    <article className={styles.sheet}>
      <header>
        <p className={styles.kind}>
          {title} · {lab.title}
        </p>
        <h1>{called(learner)}</h1>
        <p className={styles.who}>
          <span>
            {words.no} <b>{learner.studentNo ?? words.noNumber}</b>
          </span>
          {report.class && (
            <span>
              {words.class} <b>{report.class.name}</b>
            </span>
          )}
        </p>
      </header>
      <dl className={styles.sums}>
        <Sum name={words.score} large>
          {grade.score} <small>/ {grade.points}</small>
        </Sum>
        <Sum name={words.passed} large>
          {grade.passed} <small>/ {checkpoints.length}</small>
        </Sum>
        <Sum name={words.took}>{grade.tookMs === undefined ? '—' : span(grade.tookMs)}</Sum>
        <Sum name={words.attempts}>{grade.attempts}</Sum>
        <Sum name={words.hints}>{grade.hints}</Sum>
        <Sum name={words.started}>
          {grade.startedAt === undefined ? words.neverCame : moment(grade.startedAt).slice(0, 16)}
        </Sum>
        <Sum name={words.finished}>
          {grade.finishedAt === undefined ? words.unfinished : moment(grade.finishedAt).slice(0, 16)}
        </Sum>
        {grade.deadline !== undefined && (
          <Sum name={words.deadline} late={grade.late > 0}>
            {moment(grade.deadline).slice(0, 16)}
            {grade.late > 0 && <small> {words.lateCount(grade.late)}</small>}
          </Sum>
        )}
      </dl>
      <section>
        <h2>{words.checkpoints}</h2>
        {steps.map(([first, ...rest]) =>
          first ? (
            <section key={first.step.number} className={styles.step}>
              <h3>{words.step(first.step.number, first.step.title)}</h3>
              {[first, ...rest].map((checkpoint) => (
                <Checkpoint key={checkpoint.id} checkpoint={checkpoint} />
              ))}
            </section>
          ) : null,
        )}
      </section>
      <CommandReport commands={commands} />
      <section data-no-print>
        <h2>{words.recordings}</h2>
        {recordings.length === 0 && <p className={styles.soft}>{words.recordingsNone}</p>}
        <ul className={styles.recordings}>
          {recordings.map((recording) => (
            <li key={recording.id}>
              <b>{recording.node}</b>
              <span>{moment(recording.startedAt)}</span>
              <span>
                {length(recording.seconds)}
                {recording.grows && <em> {words.grows}</em>}
              </span>
              {/* A page of its own: only there may the player compile its terminal (http.ts). */}
              {replay && <a href={replay(recording)}>{words.replay}</a>}
            </li>
          ))}
        </ul>
      </section>
      <footer className={styles.made}>{words.made(report.at)}</footer>
    </article>
  );
}

function Sum({ name, large, late, children }: { name: string; large?: boolean; late?: boolean; children: ReactNode }) {
  return (
    <div data-large={large || undefined} data-late={late || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Checkpoint({ checkpoint }: { checkpoint: ReportCheckpoint }) {
  const { title, standing, score, points, why, attempts, checks, hints, tookMs, late, log, omitted } = checkpoint;
  const shown = log.find(({ decides }) => decides) ?? log.at(-1);
  return (
    <div className={styles.checkpoint} data-standing={standing}>
      <div className={styles.claim}>
        <i aria-hidden>{signs[standing]}</i>
        <h4>{title}</h4>
        <span className={styles.standing}>
          {standings[standing]}
          {late && <em>{words.late}</em>}
        </span>
        <b>{words.points(score, points)}</b>
      </div>
      {standing !== 'untouched' && (
        <p className={styles.soft}>
          {why}
          {words.counts(attempts, checks, hints)}
          {tookMs === undefined ? '。' : `；${words.tookToPass(tookMs)}。`}
        </p>
      )}
      {shown && <Facts facts={shown.facts} />}
      {log.length > 1 && (
        <details className={styles.log}>
          <summary>{words.log(log.length + omitted)}</summary>
          <ol>
            {log.map((verdict) => (
              <Verdict key={verdict.number} verdict={verdict} />
            ))}
          </ol>
          {omitted > 0 && <p className={styles.soft}>{words.omitted(omitted)}</p>}
        </details>
      )}
    </div>
  );
}

function Verdict({ verdict }: { verdict: ReportVerdict }) {
  const { number, at, status, decides, byHand, skipped, share, facts } = verdict;
  const about = [
    byHand === undefined ? undefined : byHand ? words.byHand : words.automatic,
    skipped ? words.skipped : undefined,
    status === 'failed' && share !== undefined ? words.share(share) : undefined,
  ].filter((each) => each !== undefined);
  return (
    <li value={number} data-status={status}>
      <p>
        <time title={moment(at)}>{clockTime(at)}</time>
        <b>{words.verdicts[status]}</b>
        {decides && <em>{words.decides}</em>}
        <span>{about.join('，')}</span>
      </p>
      <Facts facts={facts.filter(({ ok }) => !ok)} />
    </li>
  );
}

/** What a verdict rests on: expected against actual where it fails. */
function Facts({ facts }: { facts: readonly ReportFact[] }) {
  if (facts.length === 0) return null;
  return (
    <ul className={styles.facts}>
      {facts.map(({ ok, title, expected, actual }, index) => (
        // Facts of one verdict never move, and two may say the same.
        // biome-ignore lint/suspicious/noArrayIndexKey: their place is what they are.
        <li key={index} data-ok={ok || undefined}>
          {ok ? <IconCheck size={15} stroke={2.3} aria-hidden /> : <IconX size={15} stroke={2.3} aria-hidden />}
          <span className="visually-hidden">{ok ? words.holds : words.holdsNot}</span>
          <span>{title.replaceAll('`', '')}</span>
          {!ok && (
            <span className={styles.pair}>
              <span>
                {words.expected} <b>{expected}</b>
              </span>
              <span>
                {words.actual} <b>{actual}</b>
              </span>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
