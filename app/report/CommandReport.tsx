import type { CommandSummary } from '../../server/record-protocol.ts';
import styles from './ReportSheet.module.css';
import { moment, report as words } from './words.ts';

/** What a learner ran, summed up, with the newest commands. */
export function CommandReport({ commands }: { commands: CommandSummary }) {
  const { total, failed, nodes, programs, last } = commands;
  if (total === 0) {
    return (
      <section>
        <h2>{words.commands}</h2>
        <p className={styles.soft}>{words.commandsNone}</p>
      </section>
    );
  }
  return (
    <section className={styles.commands}>
      <h2>{words.commands}</h2>
      <p className={styles.soft}>{words.commandsSum(total, failed)}</p>
      <ul className={styles.programs}>
        {nodes.map(({ node, total: those }) => (
          <li key={node}>{words.onNode(node, those)}</li>
        ))}
        {programs.map(({ name, total: those }) => (
          <li key={name}>
            <code>{name}</code> {words.times(those)}
          </li>
        ))}
      </ul>
      <details className={styles.log}>
        <summary>{words.last(last.length)}</summary>
        <ol className={styles.history}>
          {last.map(({ id, node, text, at, code }) => (
            <li key={id}>
              <time>{moment(at)}</time>
              <span>{node}</span>
              <code>{text}</code>
              {code !== null && code !== 0 && <em>{code}</em>}
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}
