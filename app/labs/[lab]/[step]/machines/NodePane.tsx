'use client';

import { Loader } from '@mantine/core';
import { IconEraser, IconPlus, IconRefresh, IconSearch, IconX } from '@tabler/icons-react';
import { type ReactNode, useRef, useState } from 'react';
import type { TerminalInfo } from '../../../../../server/protocol.ts';
import { useLab } from '../../../../live/LabProvider.tsx';
import type { LabNode } from '../../../../live/live.ts';
import { machines as words } from '../../../../live/words.ts';
import { Elapsed } from './Elapsed.tsx';
import styles from './NodePane.module.css';
import type { Preferences } from './preferences.ts';
import { useReset } from './ResetDialog.tsx';
import shared from './shared.module.css';
import { Terminal, type TerminalHandle } from './Terminal.tsx';

interface Props {
  node: LabNode;
  /** The node's place in the lab, from 1: its colour. */
  colour: number;
  liked: Preferences;
}

/** With more terminals than this the tabs need the room of the words beside them. */
const MANY = 3;

/** One node: its name and address, its terminals, and what can be done with them. */
export function NodePane({ node, colour, liked }: Props) {
  const lab = useLab();
  const ask = useReset();
  const handle = useRef<TerminalHandle>(null);
  const [titles, setTitles] = useState<Record<string, string>>({});
  const session = lab.state?.session;
  const open = session && 'terminals' in session ? session.terminals : [];
  const over = lab.ended.map((one) => one.info).filter((info) => !open.some((one) => one.terminal === info.terminal));
  const terminals = [...open, ...over].filter((one) => one.node === node.name).sort((a, b) => a.number - b.number);
  const shown = terminals.find((one) => one.terminal === lab.looked[node.name]) ?? terminals[0];
  const resetting = session?.status === 'resetting' && session.nodes.includes(node.name);

  const endOf = (terminal: TerminalInfo) => lab.ended.find((one) => one.info.terminal === terminal.terminal);
  const openOne = async () => {
    const terminal = await lab.openTerminal(node.name);
    if (terminal) lab.focusOn({ node: node.name, terminal });
  };
  const close = (terminal: TerminalInfo) => {
    if (endOf(terminal)) lab.forget(terminal.terminal);
    else void lab.closeTerminal(terminal.terminal);
    const next = terminals.find((one) => one !== terminal);
    if (next) lab.look(node.name, next.terminal);
  };
  const reopen = (terminal: TerminalInfo) => {
    lab.forget(terminal.terminal);
    void openOne();
  };

  return (
    <div className={styles.pane} data-node-color={colour}>
      <div className={styles.head} data-many={terminals.length > MANY ? '' : undefined}>
        <i className={shared.dot} aria-hidden />
        <b>{node.name}</b>
        <span className={styles.address}>{node.address.split('/')[0]}</span>
        {terminals.length > 1 ? (
          <fieldset aria-label={`${node.label}：${words.terminals}`} className={shared.tabs}>
            {terminals.map((one) => (
              <span key={one.terminal} className={styles.closable} data-on={one === shown}>
                <button
                  type="button"
                  aria-pressed={one === shown}
                  aria-label={words.tab(one.number)}
                  className={shared.tab}
                  title={titles[one.terminal] || words.tab(one.number)}
                  onClick={() => {
                    lab.look(node.name, one.terminal);
                    lab.focusOn({ node: node.name, terminal: one.terminal });
                  }}
                >
                  {one.number}
                </button>
                {one === shown ? (
                  <button
                    type="button"
                    className={styles.close}
                    aria-label={words.closeTerminal(one.number)}
                    onClick={() => close(one)}
                  >
                    <IconX size={12} />
                  </button>
                ) : null}
              </span>
            ))}
          </fieldset>
        ) : null}
        <span className={shared.grow} />
        <Action label={words.newTerminal} onClick={openOne} disabled={resetting}>
          <IconPlus size={15} stroke={1.7} />
        </Action>
        <Action label={words.search} onClick={() => handle.current?.find()} disabled={!shown}>
          <IconSearch size={15} stroke={1.7} />
        </Action>
        <Action label={words.clear} onClick={() => handle.current?.clear()} disabled={!shown}>
          <IconEraser size={15} stroke={1.7} />
        </Action>
        <Action label={words.reset} onClick={() => ask(node.name)} disabled={resetting}>
          <IconRefresh size={15} stroke={1.7} />
        </Action>
      </div>
      <div className={styles.screens}>
        {terminals.map((one) => (
          <Terminal
            key={one.terminal}
            terminal={one.terminal}
            node={node}
            number={one.number}
            shown={one === shown}
            fontSize={liked.fontSize}
            screenReader={liked.screenReader}
            onTitle={(title) => setTitles((before) => ({ ...before, [one.terminal]: title }))}
            ended={endOf(one)}
            onReopen={() => reopen(one)}
            {...(one === shown ? { handle } : {})}
          />
        ))}
        {terminals.length === 0 && !resetting ? (
          <div className={styles.cover}>
            <p>{words.empty}</p>
            <button type="button" className={shared.button} onClick={openOne}>
              {words.reopen}
            </button>
          </div>
        ) : null}
        {resetting && session ? (
          <div className={styles.cover} role="status">
            <Loader size="sm" color="var(--node-term)" />
            <p>{words.resetting}</p>
            <Elapsed since={session.since} clock={lab.clock} />
          </div>
        ) : null}
      </div>
    </div>
  );
}

interface ActionProps {
  label: string;
  disabled: boolean;
  onClick(): void;
  children: ReactNode;
}

function Action({ label, disabled, onClick, children }: ActionProps) {
  return (
    <button
      type="button"
      className={styles.action}
      title={label}
      aria-label={label}
      onClick={onClick}
      disabled={disabled}
    >
      {children}
      <span aria-hidden>{label}</span>
    </button>
  );
}
