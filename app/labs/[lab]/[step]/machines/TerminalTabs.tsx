import { IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { TerminalInfo } from '../../../../../server/protocol.ts';
import { machines as words } from '../../../../live/words.ts';
import shared from './shared.module.css';
import styles from './TerminalTabs.module.css';

interface Props {
  /** The name of the node, for those who hear the page. */
  label: string;
  terminals: TerminalInfo[];
  shown: TerminalInfo | undefined;
  /** What programs call their terminals. */
  titles: Record<string, string>;
  onLook(terminal: TerminalInfo): void;
  /** Closes a terminal; absent where one may only look. */
  onClose?: (terminal: TerminalInfo) => void;
}

/** The terminals of a node by their numbers, where it has several. */
export function TerminalTabs({ label, terminals, shown, titles, onLook, onClose }: Props) {
  const place = useRef<HTMLFieldSetElement>(null);
  const at = shown?.terminal;
  // Where there is no room for all, the one in front is to be seen.
  useEffect(() => {
    if (at)
      place.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [at]);
  if (terminals.length < 2) return null;
  return (
    <fieldset ref={place} aria-label={`${label}：${words.terminals}`} className={shared.tabs}>
      {terminals.map((one) => (
        <span key={one.terminal} className={styles.tab} data-on={one === shown}>
          <button
            type="button"
            aria-pressed={one === shown}
            aria-label={words.tab(one.number)}
            className={shared.tab}
            title={titles[one.terminal] || words.tab(one.number)}
            onClick={() => onLook(one)}
          >
            {one.number}
          </button>
          {one === shown && onClose ? (
            <button
              type="button"
              className={styles.close}
              aria-label={words.closeTerminal(one.number)}
              onClick={() => onClose(one)}
            >
              <IconX size={12} />
            </button>
          ) : null}
        </span>
      ))}
    </fieldset>
  );
}
