'use client';

import { Button, FileButton, Progress, TextInput } from '@mantine/core';
import { IconFile } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useLab } from '../../../../live/LabProvider.tsx';
import dialog from './dialog.module.css';
import styles from './FilesDialog.module.css';
import { download, FILE_MAX_BYTES, nameOf, pathTrouble, shellWord, size, upload } from './files.ts';
import { NodeDialog } from './NodeDialog.tsx';
import type { Dropped } from './useFileDrop.ts';
import { fileWords as words } from './words.ts';

/** Where a learner's own things lie on a node. */
const HOME = '/root/';

/** How one direction stands. */
type Transfer =
  | { state: 'idle' }
  | { state: 'busy'; percent: number }
  | { state: 'done'; path: string }
  | { state: 'failed'; why: string };

const idle: Transfer = { state: 'idle' };

interface Props {
  node: string;
  opened: boolean;
  /** What was dropped on the node; a new object with every drop. */
  dropped: Dropped | null;
  /** Whether a file is held over the page's drop place just now. */
  over: boolean;
  onClose(): void;
}

/** Brings a small file to a node, and fetches one from it. */
export function FilesDialog({ node, opened, dropped, over, onClose }: Props) {
  return (
    <NodeDialog node={node} opened={opened} title={words.title(node)} onClose={onClose}>
      <Upload node={node} dropped={dropped} over={over} onClose={onClose} />
      <Download node={node} />
    </NodeDialog>
  );
}

/** One transfer at a time, given up when the dialog goes. */
function useTransfer(start: (signal: AbortSignal, onPercent: (percent: number) => void) => Promise<Transfer>) {
  const [now, setNow] = useState<Transfer>(idle);
  const under = useRef<AbortController | null>(null);
  useEffect(() => () => under.current?.abort(), []);
  return {
    now,
    setNow,
    stop: () => under.current?.abort(),
    async run() {
      const control = new AbortController();
      under.current = control;
      setNow({ state: 'busy', percent: 0 });
      const end = await start(control.signal, (percent) => setNow({ state: 'busy', percent }));
      setNow(control.signal.aborted ? idle : end);
    },
  };
}

function Upload({ node, dropped, over, onClose }: Omit<Props, 'opened'>) {
  const { lab, put } = useLab();
  const [file, setFile] = useState<File | null>(null);
  const [path, setPath] = useState('');
  const { now, setNow, stop, run } = useTransfer(async (signal, onPercent) => {
    const why = file ? await upload({ lab, node, path }, file, onPercent, signal) : words.failed;
    return why ? { state: 'failed', why } : { state: 'done', path };
  });
  const busy = now.state === 'busy';

  const take = (chosen: File | null) => {
    setFile(chosen);
    setNow(chosen && chosen.size > FILE_MAX_BYTES ? { state: 'failed', why: words.tooLarge(size(chosen.size)) } : idle);
    if (chosen) setPath(HOME + chosen.name);
  };
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    if (!dropped) return;
    latest.current(dropped.file);
    if (!dropped.file) setNow({ state: 'failed', why: words.folder });
  }, [dropped, setNow]);

  const send = (event: FormEvent) => {
    event.preventDefault();
    const why = pathTrouble(path);
    if (why) setNow({ state: 'failed', why });
    else void run();
  };
  const tooLarge = file !== null && file.size > FILE_MAX_BYTES;

  return (
    <form className={styles.part} onSubmit={send}>
      <h3>{words.up}</h3>
      <div className={styles.place} data-over={over}>
        {file ? (
          <>
            <IconFile size={18} stroke={1.6} aria-hidden />
            <span className={styles.name}>{file.name}</span>
            <span className={styles.size}>{size(file.size)}</span>
          </>
        ) : (
          <span className={styles.hint}>{words.place}</span>
        )}
        <FileButton onChange={take} disabled={busy}>
          {(props) => (
            <Button {...props} size="xs" variant="default" data-autofocus>
              {file ? words.change : words.choose}
            </Button>
          )}
        </FileButton>
      </div>
      {file && !tooLarge ? (
        <PathLine
          label={words.target}
          description={words.targetHint}
          path={path}
          onPath={setPath}
          busy={busy}
          onStop={stop}
        >
          <Button type="submit">{words.upload}</Button>
        </PathLine>
      ) : null}
      {file ? null : <p className={styles.hint}>{words.limit}</p>}
      {busy ? <Progress value={now.percent} size="sm" mt="sm" aria-label={words.uploading(now.percent)} /> : null}
      <div role="status">
        {now.state === 'failed' ? <p className={dialog.trouble}>{now.why}</p> : null}
        {now.state === 'idle' && dropped?.several && file ? <p className={styles.hint}>{words.several}</p> : null}
        {now.state === 'done' ? (
          <p className={dialog.good}>
            {words.uploaded(now.path)}
            <button
              type="button"
              className={styles.look}
              onClick={() => {
                void put(node, `ls -l ${shellWord(now.path)}`);
                onClose();
              }}
            >
              {words.look}
            </button>
          </p>
        ) : null}
      </div>
    </form>
  );
}

interface PathLineProps {
  label: string;
  description?: string;
  path: string;
  onPath(path: string): void;
  busy: boolean;
  onStop(): void;
  /** The button that begins. */
  children: ReactNode;
}

/** A path on the node, and what is to be done with it or stops that. */
function PathLine({ label, description, path, onPath, busy, onStop, children }: PathLineProps) {
  return (
    <div className={styles.line}>
      <TextInput
        label={label}
        description={description}
        value={path}
        onChange={(event) => onPath(event.currentTarget.value)}
        disabled={busy}
        spellCheck={false}
        autoComplete="off"
        classNames={{ label: styles.label, input: styles.path }}
      />
      {busy ? (
        <Button variant="default" onClick={onStop}>
          {words.stop}
        </Button>
      ) : (
        children
      )}
    </div>
  );
}

function Download({ node }: { node: string }) {
  const { lab } = useLab();
  const [path, setPath] = useState(HOME);
  const { now, setNow, stop, run } = useTransfer(async (signal) => {
    const why = await download({ lab, node, path }, signal);
    return why ? { state: 'failed', why } : { state: 'done', path };
  });
  const busy = now.state === 'busy';
  const fetchIt = (event: FormEvent) => {
    event.preventDefault();
    const why = pathTrouble(path);
    if (why) setNow({ state: 'failed', why });
    else void run();
  };
  return (
    <form className={styles.part} onSubmit={fetchIt}>
      <h3>{words.down}</h3>
      <PathLine label={words.source} path={path} onPath={setPath} busy={busy} onStop={stop}>
        <Button type="submit" variant="default">
          {words.download}
        </Button>
      </PathLine>
      <div role="status">
        {busy ? <p className={styles.hint}>{words.downloading}</p> : null}
        {now.state === 'failed' ? <p className={dialog.trouble}>{now.why}</p> : null}
        {now.state === 'done' ? <p className={dialog.good}>{words.downloaded(nameOf(now.path))}</p> : null}
      </div>
    </form>
  );
}
