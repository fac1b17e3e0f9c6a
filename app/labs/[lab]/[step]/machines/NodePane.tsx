'use client';

import { Loader } from '@mantine/core';
import { IconMinimize, IconPlus, IconRefresh, IconSearch, IconUpload } from '@tabler/icons-react';
import { type ReactNode, useRef, useState } from 'react';
import type { TerminalInfo } from '../../../../../server/protocol.ts';
import { earlyPart } from '../../../../live/early.ts';
import { useLab, useLive } from '../../../../live/LabProvider.tsx';
import type { LabNode } from '../../../../live/live.ts';
import { machines as words } from '../../../../live/words.ts';
import type { OutlineStep } from '../../outline.ts';
import { Elapsed } from './Elapsed.tsx';
import { FilesDialog } from './FilesDialog.tsx';
import { NodeMenu } from './NodeMenu.tsx';
import styles from './NodePane.module.css';
import type { Preferences } from './preferences.ts';
import { useReset } from './ResetDialog.tsx';
import { SshDialog } from './SshDialog.tsx';
import shared from './shared.module.css';
import { Terminal, type TerminalHandle } from './Terminal.tsx';
import { TerminalTabs } from './TerminalTabs.tsx';
import { Travel } from './Travel.tsx';
import { type Dropped, useFileDrop } from './useFileDrop.ts';

interface Props {
  node: LabNode;
  /** The node's place in the lab, from 1: its colour. */
  colour: number;
  liked: Preferences;
  steps: Pick<OutlineStep, 'number' | 'short'>[];
}

/** With more terminals than this the tabs need the room of the words beside them. */
const MANY = 3;

/** One node: its name and address, its terminals, and what can be done with them. */
export function NodePane({ node, colour, liked, steps }: Props) {
  const lab = useLab();
  const live = useLive();
  const ask = useReset();
  const handle = useRef<TerminalHandle>(null);
  const [titles, setTitles] = useState<Record<string, string>>({});
  const [dialog, setDialog] = useState<'files' | 'ssh' | null>(null);
  const [dropped, setDropped] = useState<Dropped | null>(null);
  const session = lab.state?.session;
  const unknown = !session;
  const open = session && 'terminals' in session ? session.terminals : [];
  const over = lab.ended.map((one) => one.info).filter((info) => !open.some((one) => one.terminal === info.terminal));
  const terminals = [...open, ...over].filter((one) => one.node === node.name).sort((a, b) => a.number - b.number);
  const shown = terminals.find((one) => one.terminal === lab.looked[node.name]) ?? terminals[0];
  const resetting = session?.status === 'resetting' && session.nodes.includes(node.name);
  const reachable = session?.status === 'ready';
  const full = lab.full === node.name;
  const drop = useFileDrop(reachable, (what) => {
    setDropped(what);
    setDialog('files');
  });

  const endOf = (terminal: TerminalInfo) => lab.ended.find((one) => one.info.terminal === terminal.terminal);
  const look = (terminal: TerminalInfo) => {
    lab.look(node.name, terminal.terminal);
    lab.focusOn({ node: node.name, terminal: terminal.terminal });
  };
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
  const fill = (to: string | null) => {
    lab.fill(to);
    // The button that was pressed is gone now; the terminal is what was wanted.
    requestAnimationFrame(() => handle.current?.focus());
  };

  return (
    <div className={styles.pane} data-node-color={colour} {...drop.on}>
      <div
        className={styles.head}
        data-many={terminals.length > MANY ? '' : undefined}
        data-tabs={terminals.length > 1 ? '' : undefined}
      >
        <i className={shared.dot} aria-hidden />
        <b>{node.name}</b>
        <span className={styles.address}>{node.address.split('/')[0]}</span>
        <TerminalTabs
          label={node.label}
          terminals={terminals}
          shown={shown}
          titles={titles}
          onLook={look}
          onClose={close}
        />
        <span className={shared.grow} />
        <Action label={words.newTerminal} onClick={openOne} disabled={resetting}>
          <IconPlus size={15} stroke={1.7} />
        </Action>
        <Action
          name={styles.search}
          label={words.search}
          onClick={() => handle.current?.find()}
          disabled={!shown && !unknown}
        >
          <IconSearch size={15} stroke={1.7} />
        </Action>
        <Action label={words.reset} onClick={() => ask({ node: node.name })} disabled={resetting}>
          <IconRefresh size={15} stroke={1.7} />
        </Action>
        {full ? (
          <Action label={words.leaveFull} onClick={() => fill(null)} disabled={false}>
            <IconMinimize size={15} stroke={1.7} />
          </Action>
        ) : null}
        <NodeMenu
          node={node.name}
          clearable={shown !== undefined}
          reachable={reachable}
          ssh={lab.state?.ssh ?? false}
          full={full}
          onClear={() => handle.current?.clear()}
          onFull={() => fill(full ? null : node.name)}
          onFiles={() => {
            setDropped(null);
            setDialog('files');
          }}
          onSsh={() => setDialog('ssh')}
        />
      </div>
      <div className={styles.screens}>
        {(unknown ? [null] : terminals).map((one) => (
          <Terminal
            // The one that was opened early stays in its place.
            key={!one || one.terminal === earlyPart()?.terminalOn(node.name) ? node.name : one.terminal}
            live={live}
            terminal={one?.terminal ?? null}
            node={node}
            number={one?.number ?? 1}
            shown={one === null || one === shown}
            liked={liked}
            onTitle={(title) => one && setTitles((before) => ({ ...before, [one.terminal]: title }))}
            ended={one ? endOf(one) : undefined}
            onReopen={() => one && reopen(one)}
            {...(one === shown ? { handle } : {})}
          />
        ))}
        {terminals.length === 0 && !resetting && !unknown ? (
          <div className={styles.cover}>
            <p>{words.empty}</p>
            <button type="button" className={shared.button} onClick={openOne}>
              {words.reopen}
            </button>
          </div>
        ) : null}
        {resetting && session.to > 1 ? (
          <div className={styles.cover}>
            <Travel session={session} steps={steps} />
          </div>
        ) : resetting ? (
          <div className={styles.cover} role="status">
            <Loader size="sm" color="var(--node-term)" />
            <p>{words.resetting}</p>
            <Elapsed since={session.since} clock={lab.clock} />
          </div>
        ) : null}
        {drop.over ? (
          <div className={styles.drop}>
            <IconUpload size={22} stroke={1.6} aria-hidden />
            <p>{words.drop(node.name)}</p>
          </div>
        ) : null}
      </div>
      <FilesDialog
        node={node.name}
        opened={dialog === 'files'}
        dropped={dropped}
        over={drop.over}
        onClose={() => setDialog(null)}
      />
      <SshDialog node={node.name} opened={dialog === 'ssh'} onClose={() => setDialog(null)} />
    </div>
  );
}

interface ActionProps {
  /** A class of its own, for what gives way first. */
  name?: string | undefined;
  label: string;
  disabled: boolean;
  onClick(): void;
  children: ReactNode;
}

function Action({ name = '', label, disabled, onClick, children }: ActionProps) {
  return (
    <button
      type="button"
      className={`${styles.action} ${name}`}
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
