'use client';

import { Popover, Switch } from '@mantine/core';
import {
  IconEye,
  IconLayoutColumns,
  IconLayoutRows,
  IconMinus,
  IconPlus,
  IconSettings,
  IconSquare,
} from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { guideWords } from '../../../../live/guide-words.ts';
import { useLab } from '../../../../live/LabProvider.tsx';
import type { LabNode } from '../../../../live/live.ts';
import { machines as words } from '../../../../live/words.ts';
import { teacher } from '../../../../words.ts';
import styles from './Bar.module.css';
import { HistoryPanel } from './HistoryPanel.tsx';
import { type Arrangement, FONT_SIZES, type PreferencesStore } from './preferences.ts';
import shared from './shared.module.css';

const arrangements: { value: Arrangement; Icon: typeof IconLayoutRows }[] = [
  { value: 'rows', Icon: IconLayoutRows },
  { value: 'columns', Icon: IconLayoutColumns },
  { value: 'tabs', Icon: IconSquare },
];

interface Props {
  /** All nodes of the lab. */
  course: LabNode[];
  /** The nodes that can be brought to the front; none while they do not run. */
  nodes: LabNode[];
  front: string | null;
  /** Whether one node fills the window: then the bar says which, and leads to the others. */
  full: boolean;
  preferences: PreferencesStore;
}

/** The bar atop the machines: what is shown, how it lies, how it is read. */
export function Bar({ course, nodes, front, full, preferences }: Props) {
  const { arrangement } = useSyncExternalStore(preferences.subscribe, preferences.get, preferences.get);
  const { look, looked } = useLab();
  return (
    <div className={styles.bar}>
      {(arrangement === 'tabs' || full) && nodes.length > 0 ? (
        <fieldset aria-label={words.terminals} className={shared.tabs}>
          {nodes.map((node, index) => (
            <button
              key={node.name}
              type="button"
              aria-pressed={node.name === front}
              className={shared.tab}
              data-node-color={index + 1}
              onClick={() => look(node.name, looked[node.name] ?? '')}
            >
              <i className={shared.dot} />
              {node.name}
            </button>
          ))}
        </fieldset>
      ) : (
        <h2 className={styles.heading}>{words.terminals}</h2>
      )}
      <Weather />
      <Watchers />
      <fieldset className={styles.choice} hidden={full} aria-label={words.layout.title}>
        {arrangements.map(({ value, Icon }) => (
          <label key={value} title={words.layout[value]} data-on={arrangement === value}>
            <input
              type="radio"
              name="arrangement"
              checked={arrangement === value}
              onChange={() => preferences.set({ arrangement: value })}
            />
            <Icon size={15} stroke={1.7} aria-hidden />
            <span>{words.layout[value]}</span>
          </label>
        ))}
      </fieldset>
      <HistoryPanel nodes={course} />
      <Settings preferences={preferences} />
    </div>
  );
}

/** Says that somebody is watching; a click leads to the invitation. */
function Watchers() {
  const { state, setInviting } = useLab();
  const count = state?.watchers ?? 0;
  const teachers = (state?.guide?.watching ?? []).map(teacher);
  const seen = guideWords.watching(teachers);
  return (
    <div role="status" className={styles.watchers}>
      {teachers.length > 0 ? (
        <span title={seen}>
          <IconEye size={15} stroke={1.7} aria-hidden />
          <span>{seen}</span>
        </span>
      ) : null}
      {count > 0 ? (
        <button type="button" onClick={() => setInviting(true)} title={words.watchers(count)}>
          <IconEye size={15} stroke={1.7} aria-hidden />
          <span>{words.watchers(count)}</span>
        </button>
      ) : null}
    </div>
  );
}

/** One quiet line while the server cannot be reached; it moves nothing. */
function Weather() {
  const { connection, state, retry } = useLab();
  const silent = !state || connection === 'open' || connection === 'connecting';
  const text = connection === 'refused' ? `${words.refused}。${words.refusedHint}` : words.reconnecting;
  return (
    <p
      className={styles.weather}
      role="status"
      data-kind={silent ? undefined : connection}
      title={silent ? undefined : text}
    >
      {silent ? null : <span>{text}</span>}
      {connection === 'refused' && state ? (
        <button type="button" className={shared.act} onClick={retry}>
          {words.reconnect}
        </button>
      ) : null}
    </p>
  );
}

function Settings({ preferences }: { preferences: PreferencesStore }) {
  const { state } = useLab();
  const { fontSize, screenReader, copyOnSelect } = useSyncExternalStore(
    preferences.subscribe,
    preferences.get,
    preferences.get,
  );
  const resize = (by: number) =>
    preferences.set({ fontSize: Math.min(FONT_SIZES.most, Math.max(FONT_SIZES.least, fontSize + by)) });
  return (
    <Popover position="bottom-end" width={326} trapFocus withRoles>
      <Popover.Target>
        <button type="button" className={shared.icon} aria-label={words.settings.title} title={words.settings.title}>
          <IconSettings size={17} stroke={1.6} />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.settings}>
        <div className={styles.row}>
          <span id="terminal-size">{words.settings.size}</span>
          <fieldset className={styles.stepper} aria-labelledby="terminal-size">
            <button
              type="button"
              aria-label={words.settings.smaller}
              disabled={fontSize <= FONT_SIZES.least}
              onClick={() => resize(-1)}
            >
              <IconMinus size={14} />
            </button>
            <output aria-live="polite">{fontSize}</output>
            <button
              type="button"
              aria-label={words.settings.larger}
              disabled={fontSize >= FONT_SIZES.most}
              onClick={() => resize(1)}
            >
              <IconPlus size={14} />
            </button>
          </fieldset>
        </div>
        <Switch
          checked={screenReader}
          onChange={(event) => preferences.set({ screenReader: event.currentTarget.checked })}
          label={words.settings.reader}
          description={words.settings.readerHint}
          labelPosition="left"
          withThumbIndicator={false}
          classNames={{ body: styles.row }}
        />
        <Switch
          checked={copyOnSelect}
          onChange={(event) => preferences.set({ copyOnSelect: event.currentTarget.checked })}
          label={words.settings.copyOnSelect}
          description={words.settings.copyOnSelectHint}
          labelPosition="left"
          withThumbIndicator={false}
          classNames={{ body: styles.row }}
        />
        <h3>{words.settings.keys}</h3>
        <dl className={styles.keys}>
          {words.keys.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        {state?.recording ? <p className={styles.recording}>{words.settings.recording}</p> : null}
      </Popover.Dropdown>
    </Popover>
  );
}
