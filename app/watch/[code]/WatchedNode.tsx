'use client';

import { useEffect, useState } from 'react';
import type { TerminalInfo } from '../../../server/protocol.ts';
import { FONT_SIZES, preferencesHere } from '../../labs/[lab]/[step]/machines/preferences.ts';
import shared from '../../labs/[lab]/[step]/machines/shared.module.css';
import { Terminal } from '../../labs/[lab]/[step]/machines/Terminal.tsx';
import { TerminalTabs } from '../../labs/[lab]/[step]/machines/TerminalTabs.tsx';
import type { LabNode, TerminalLive } from '../../live/live.ts';
import { machines } from '../../live/words.ts';
import styles from './WatchedSession.module.css';
import { watch as words } from './words.ts';

interface Props {
  live: TerminalLive;
  node: LabNode;
  /** The node's place in the lab, from 1: its colour. */
  colour: number;
  terminals: TerminalInfo[];
  /** The terminal the watcher chose. */
  looked: string | undefined;
  onLook(terminal: string): void;
  resetting: boolean;
  /** What may be done at them: `help` types with the owner's consent. */
  hand?: 'help' | 'none';
}

/** One node of somebody else's: its terminals, to be looked at or helped with. */
export function WatchedNode({ live, node, colour, terminals, looked, onLook, resetting, hand = 'none' }: Props) {
  const [titles, setTitles] = useState<Record<string, string>>({});
  const [liked, setLiked] = useState({ fontSize: FONT_SIZES.usual as number, screenReader: false, copyOnSelect: true });
  // How this person likes terminals is known to the browser only.
  useEffect(() => setLiked(preferencesHere()), []);
  const shown = terminals.find((one) => one.terminal === looked) ?? terminals[0];
  return (
    <section className={styles.node} data-node-color={colour} aria-label={node.label}>
      <div className={styles.head}>
        <i className={shared.dot} aria-hidden />
        <b>{node.name}</b>
        <span>{node.address}</span>
        <TerminalTabs
          label={node.label}
          terminals={terminals}
          shown={shown}
          titles={titles}
          onLook={(one) => onLook(one.terminal)}
        />
      </div>
      <div className={styles.screens}>
        {terminals.map((one) => (
          <Terminal
            key={one.terminal}
            live={live}
            terminal={one.terminal}
            node={node}
            number={one.number}
            shown={one === shown}
            liked={liked}
            onTitle={(title) => setTitles((before) => ({ ...before, [one.terminal]: title }))}
            // A terminal that ended is gone from the session: a watcher keeps no last screens.
            ended={undefined}
            onReopen={() => undefined}
            hand={hand}
          />
        ))}
        {resetting || terminals.length === 0 ? (
          <p className={styles.empty} role="status">
            {resetting ? machines.resetting : words.noTerminal}
          </p>
        ) : null}
      </div>
    </section>
  );
}
