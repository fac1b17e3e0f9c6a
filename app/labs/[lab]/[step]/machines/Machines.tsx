'use client';

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Group, type GroupProps, Panel, Separator, useGroupRef } from 'react-resizable-panels';
import { useLab } from '../../../../live/LabProvider.tsx';
import type { LabNode } from '../../../../live/live.ts';
import { machines as words } from '../../../../live/words.ts';
import type { OutlineStep } from '../../outline.ts';
import { AlarmNote } from './AlarmNote.tsx';
import { Bar } from './Bar.tsx';
import { CaveatsNote } from './CaveatsNote.tsx';
import { HelpNote } from './HelpNote.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import styles from './Machines.module.css';
import { NodePane } from './NodePane.tsx';
import { Picture, PictureBar } from './Picture.tsx';
import { Provision } from './Provision.tsx';
import { createPreferences, type Divided, type Preferences, type PreferencesStore } from './preferences.ts';
import { RecordingNote } from './RecordingNote.tsx';
import { ResetDialog } from './ResetDialog.tsx';
import { StoppedNote } from './StoppedNote.tsx';
import { StoreNote } from './StoreNote.tsx';
import { show } from './show.ts';
import { Travel } from './Travel.tsx';

interface Props {
  lab: { id: string; title: string };
  nodes: LabNode[];
  steps: OutlineStep[];
  /** How this person likes the machines. */
  liked: Preferences;
}

/** The machines' half of a lab's page: terminals above, the network below. */
export function Machines({ lab, nodes, steps, liked }: Props) {
  const root = useRef<HTMLElement>(null);
  const [preferences] = useState(() => createPreferences(liked));
  useFocusKey(root, nodes);
  const full = useFull(nodes);
  return (
    <section
      className={styles.machines}
      ref={root}
      aria-label={`${lab.title}：${words.pane}`}
      data-machines
      data-full={full ?? undefined}
      data-needs-script
      data-no-print
    >
      <Parts nodes={nodes} steps={steps} preferences={preferences} full={full} />
      <ResetDialog nodes={nodes} steps={steps} />
      <InviteDialog />
    </section>
  );
}

interface PartsProps {
  nodes: LabNode[];
  steps: OutlineStep[];
  preferences: PreferencesStore;
  /** The node that fills the window, if one does. */
  full: string | null;
}

function Parts({ nodes, steps, preferences, full }: PartsProps) {
  const lab = useLab();
  const liked = useSyncExternalStore(preferences.subscribe, preferences.get, preferences.get);
  const session = lab.state?.session;
  const running = session?.status === 'ready' || session?.status === 'resetting';
  // All nodes go one way: it is drawn once, in the place of all.
  const travelling = session?.status === 'resetting' && session.to > 1 && session.nodes.length === nodes.length;
  // Until it is known, the panes lie ready under a veil: early.ts lifts it where there are terminals to be shown in them.
  const unknown = !session && lab.connection !== 'refused';
  const front = nodes.find((node) => node.name === lab.front) ?? nodes[0];
  const divide = (what: Divided): GroupProps['onLayoutChanged'] => {
    return (shares, { isUserInteraction }) => isUserInteraction && preferences.divide(what, shares);
  };
  const group = useGroupRef();
  const laid = useRef(liked.arrangement);
  useEffect(() => {
    if (laid.current === liked.arrangement) return;
    laid.current = liked.arrangement;
    // The panes stay the same elements, so that no screen is lost; only their shares change with the arrangement.
    const equal = Object.fromEntries(nodes.map((node) => [node.name, 100 / nodes.length]));
    group.current?.setLayout(liked.shares[liked.arrangement] ?? equal);
  });

  return (
    <>
      <Bar
        course={nodes}
        nodes={running || unknown ? nodes : []}
        front={full ?? front?.name ?? null}
        full={full !== null}
        preferences={preferences}
      />
      <HelpNote />
      <RecordingNote />
      <CaveatsNote />
      <StoreNote />
      {session?.status === 'ready' ? <StoppedNote session={session} steps={steps} /> : null}
      {session?.status === 'ready' ? <AlarmNote session={session} /> : null}
      <Group
        className={styles.parts}
        orientation="vertical"
        defaultLayout={liked.picture ? liked.shares.parts : undefined}
        onLayoutChanged={divide('parts')}
      >
        <Panel id="terminals" minSize={120} className={styles.stack}>
          {travelling ? (
            <div className={styles.way}>
              <Travel session={session} steps={steps} />
            </div>
          ) : running || unknown ? (
            <Group
              className={styles.nodes}
              groupRef={group}
              data-arrangement={liked.arrangement}
              orientation={liked.arrangement === 'columns' ? 'horizontal' : 'vertical'}
              defaultLayout={liked.shares[liked.arrangement]}
              onLayoutChanged={divide(liked.arrangement)}
            >
              {nodes.map((node, index) => [
                index > 0 ? <Separator key={`before-${node.name}`} className={styles.edge} /> : null,
                <Panel
                  key={node.name}
                  id={node.name}
                  minSize={72}
                  data-front={node === front}
                  data-filling={node.name === full}
                >
                  <NodePane node={node} colour={index + 1} liked={liked} steps={steps} />
                </Panel>,
              ])}
            </Group>
          ) : (
            <Provision nodes={nodes} steps={steps} />
          )}
          {unknown ? (
            <div className={styles.veil}>
              <Provision nodes={nodes} steps={steps} />
            </div>
          ) : null}
        </Panel>
        {liked.picture ? <Separator className={styles.edge} /> : null}
        {liked.picture ? (
          <Panel id="picture" minSize={96} defaultSize={152} groupResizeBehavior="preserve-pixel-size">
            <Picture nodes={nodes} onHide={() => preferences.set({ picture: false })} />
          </Panel>
        ) : null}
      </Group>
      {liked.picture ? null : <PictureBar onShow={() => preferences.set({ picture: true })} />}
    </>
  );
}

/** The node that fills the window while its terminals are there; Ctrl+Shift+Enter, which no shell knows, turns it. */
function useFull(nodes: LabNode[]): string | null {
  const lab = useLab();
  const status = lab.state?.session.status;
  const running = status === 'ready' || status === 'resetting';
  const full = (running && nodes.find((node) => node.name === lab.full)?.name) || null;
  const front = nodes.find((node) => node.name === lab.front) ?? nodes[0];
  const latest = useRef({ lab, full, front, running });
  latest.current = { lab, full, front, running };
  // For the page around, which has to go out of sight.
  useEffect(() => {
    document.documentElement.toggleAttribute('data-full', full !== null);
    return () => document.documentElement.removeAttribute('data-full');
  }, [full]);
  // Nodes that are started again later lie where they always did.
  useEffect(() => {
    if (!running) latest.current.lab.fill(null);
  }, [running]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey || event.code !== 'Enter') return;
      const now = latest.current;
      if (!now.running) return;
      event.preventDefault();
      // The terminal is not to hear of it.
      event.stopPropagation();
      const at = document.activeElement?.closest<HTMLElement>('[data-terminal]')?.dataset.node;
      const node = now.full ?? at ?? now.front?.name;
      if (!node) return;
      now.lab.fill(now.full ? null : node);
      show('machines');
      now.lab.focusOn({ node });
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, []);
  return full;
}

/** Ctrl+` goes from the text to the terminal in front, and from any terminal back to the text. */
function useFocusKey(root: React.RefObject<HTMLElement | null>, nodes: LabNode[]) {
  const lab = useLab();
  const latest = useRef(lab);
  latest.current = lab;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!event.ctrlKey || event.altKey || event.shiftKey || event.metaKey || event.code !== 'Backquote') return;
      event.preventDefault();
      const leaving = root.current?.contains(document.activeElement) ?? false;
      if (leaving) latest.current.fill(null);
      show(leaving ? 'prose' : 'machines');
      // A half that was hidden takes the focus only once it is drawn.
      requestAnimationFrame(() => {
        const { front } = latest.current;
        const node = nodes.some((one) => one.name === front) ? front : nodes[0]?.name;
        const target = leaving
          ? document.querySelector<HTMLElement>('[data-prose]')
          : (root.current?.querySelector<HTMLElement>(
              `[data-node="${node}"][data-shown="true"] .xterm-helper-textarea`,
            ) ?? root.current?.querySelector<HTMLElement>('button'));
        target?.focus({ preventScroll: true });
      });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [root, nodes]);
}
