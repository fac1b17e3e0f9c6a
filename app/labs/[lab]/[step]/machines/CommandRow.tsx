import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { Command } from '../../../../../server/protocol.ts';
import { clockTime } from '../../progress.ts';
import { useCopy } from '../useCopy.ts';
import styles from './HistoryPanel.module.css';
import { took } from './history.ts';
import { historyWords as words } from './words.ts';

/** One command that was run: what, where, how it ended, when, how long; a click puts it back behind the prompt. */
export function CommandRow({ command, colour, onPut }: { command: Command; colour: number; onPut(): void }) {
  const { node, text, at, code, tookMs } = command;
  return (
    <li className={styles.row} data-node-color={colour > 0 ? colour : undefined}>
      <button type="button" className={styles.put} title={words.put(node)} onClick={onPut} data-put>
        <code>{text}</code>
        <span className={styles.about}>
          <span className={styles.node}>{node}</span>
          {code === null ? (
            <span className={styles.code}>{words.running}</span>
          ) : (
            <span className={styles.code} data-good={code === 0} title={words.code(code)}>
              <i aria-hidden />
              <span className="visually-hidden">{words.code(code)}</span>
              <span aria-hidden>{code}</span>
            </span>
          )}
          <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
          {tookMs === null ? null : <span>{took(tookMs)}</span>}
        </span>
      </button>
      <Copy text={text} />
    </li>
  );
}

function Copy({ text }: { text: string }) {
  const { said, copy } = useCopy(text);
  const label = said === 'copied' ? words.copied : said === 'failed' ? words.notCopied : words.copy;
  return (
    <button type="button" className={styles.copy} aria-label={label} title={label} onClick={copy}>
      {said === 'copied' ? <IconCheck size={15} stroke={2.2} /> : <IconCopy size={15} stroke={1.7} />}
    </button>
  );
}
