'use client';

import { Loader, Popover } from '@mantine/core';
import { IconHistory, IconSearch, IconTrash } from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answers, RefusalCode } from '../../../../../server/protocol.ts';
import { useLab, useLive } from '../../../../live/LabProvider.tsx';
import type { LabNode } from '../../../../live/live.ts';
import type { Put } from '../../../../live/run.ts';
import { refusals } from '../../../../words.ts';
import bar from './Bar.module.css';
import { CommandRow } from './CommandRow.tsx';
import styles from './HistoryPanel.module.css';
import { sift } from './history.ts';
import { historyWords as words } from './words.ts';

/** A command that ends brings several pieces of news at once, and is written down a moment later, ms. */
const REST_MS = 300;

const whyNot: Record<Exclude<Put, 'put'>, (node: string) => string> = {
  busy: words.busy,
  'no-terminal': words.none,
  'not-sent': () => words.notSent,
};

/** The commands this person ran on the lab's nodes, to be found again and put back behind a prompt. */
export function HistoryPanel({ nodes }: { nodes: LabNode[] }) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={460} trapFocus withRoles returnFocus>
      <Popover.Target>
        <button type="button" className={bar.open} onClick={() => setOpened(!opened)} title={words.heading}>
          <IconHistory size={16} stroke={1.7} aria-hidden />
          <span>{words.title}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.panel} aria-label={words.heading}>
        <Commands nodes={nodes} onDone={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

type Loaded = { commands: Answers['history:list']['commands'] } | { refusal: RefusalCode };

/** The newest commands, read again whenever one begins or ends. */
function useCommands(): [Loaded | null, () => void] {
  const live = useLive();
  const { history, epoch } = useLab();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const asked = useRef(0);
  const load = useCallback(async () => {
    const turn = ++asked.current;
    const answer = await history();
    if (turn === asked.current) setLoaded(answer.ok ? answer.data : { refusal: answer.code });
  }, [history]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection is a reason to read again.
  useEffect(() => {
    let rest: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      clearTimeout(rest);
      rest = setTimeout(() => void load(), REST_MS);
    };
    void load();
    const offs = [live.on('terminal:command', soon), live.on('terminal:prompt', soon)];
    return () => {
      asked.current += 1;
      clearTimeout(rest);
      for (const off of offs) off();
    };
  }, [live, load, epoch]);
  return [loaded, load];
}

function Commands({ nodes, onDone }: { nodes: LabNode[]; onDone(): void }) {
  const { put, focusOn, clearHistory } = useLab();
  const [loaded, reload] = useCommands();
  const [node, setNode] = useState<string | null>(null);
  const [text, setText] = useState('');
  const [clearing, setClearing] = useState(false);
  const [said, setSaid] = useState('');
  const list = useRef<HTMLUListElement>(null);

  const all = loaded && 'commands' in loaded ? loaded.commands : [];
  const found = sift(all, { node, text });
  const use = async (on: string, command: string) => {
    const end = await put(on, command);
    if (end !== 'put') return setSaid(whyNot[end](on));
    onDone();
    // The terminal takes the focus only from the page or from nobody, not from something that is still open.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    focusOn({ node: on });
  };
  /** The arrows go from command to command, and from the field into the list. */
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-put]') ?? [])];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[at + (event.key === 'ArrowDown' ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows are a shortcut; Tab reaches the same buttons.
    <div className={styles.commands} onKeyDown={onKeyDown}>
      <div className={styles.head}>
        <label className={styles.find}>
          <IconSearch size={15} stroke={1.7} aria-hidden />
          <input
            type="text"
            aria-label={words.find}
            placeholder={words.find}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            spellCheck={false}
            data-autofocus
          />
        </label>
        <button
          type="button"
          className={styles.small}
          disabled={all.length === 0}
          aria-expanded={clearing}
          onClick={() => setClearing(!clearing)}
        >
          <IconTrash size={15} stroke={1.7} aria-hidden />
          {words.clear}
        </button>
      </div>
      {clearing ? (
        <div className={styles.ask}>
          <p role="status">
            <b>{words.clearAsk}</b>
            {words.clearHint}
          </p>
          <button type="button" className={styles.small} onClick={() => setClearing(false)}>
            {words.no}
          </button>
          <button
            type="button"
            className={styles.small}
            data-bad
            onClick={async () => {
              setClearing(false);
              await clearHistory();
              reload();
            }}
          >
            {words.yes}
          </button>
        </div>
      ) : null}
      {nodes.length > 1 ? (
        <fieldset className={styles.nodes} aria-label={words.nodes}>
          <button type="button" aria-pressed={node === null} onClick={() => setNode(null)}>
            {words.all}
          </button>
          {nodes.map((one, index) => (
            <button
              key={one.name}
              type="button"
              aria-pressed={node === one.name}
              data-node-color={index + 1}
              onClick={() => setNode(one.name)}
            >
              <i />
              {one.name}
            </button>
          ))}
        </fieldset>
      ) : null}
      <p className={styles.said} role="status">
        {said}
      </p>
      {found.length > 0 ? (
        <ul className={styles.list} ref={list}>
          {found.map((one) => (
            <CommandRow
              key={one.id}
              command={one}
              colour={nodes.findIndex((known) => known.name === one.node) + 1}
              onPut={() => void use(one.node, one.text)}
            />
          ))}
        </ul>
      ) : (
        <Nothing loaded={loaded} onRetry={reload} />
      )}
    </div>
  );
}

/** In the list's place: still reading, could not be read, none yet, or none that fits. */
function Nothing({ loaded, onRetry }: { loaded: Loaded | null; onRetry(): void }) {
  if (!loaded) {
    return (
      <div className={styles.nothing}>
        <Loader size="sm" aria-label={words.loading} />
      </div>
    );
  }
  if ('refusal' in loaded) {
    return (
      <div className={styles.nothing}>
        <p>{refusals[loaded.refusal]}</p>
        <button type="button" className={styles.small} onClick={onRetry}>
          {words.again}
        </button>
      </div>
    );
  }
  const none = loaded.commands.length === 0;
  return (
    <div className={styles.nothing}>
      <IconHistory size={26} stroke={1.4} aria-hidden />
      <b>{none ? words.empty : words.noMatch}</b>
      {none ? <p>{words.emptyText}</p> : null}
    </div>
  );
}
