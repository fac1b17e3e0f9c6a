import type { ClassFrame, Role, Row } from '../../../server/lesson-protocol.ts';
import type { Answer, RefusalCode, Request, RequestName, Watched } from '../../../server/protocol.ts';
import type { TerminalLive, TerminalView } from '../../live/live.ts';
import { createStore, type Store } from '../../live/store.ts';
import type { Desk } from '../Desk.tsx';

/** How often the list is drawn at most while rows come, ms: a class in full swing is one drawing, not sixty. */
const DRAW_MS = 300;

/** Everything live that a class page shows. */
export interface LessonView {
  frame: ClassFrame | null;
  role: Role | null;
  /** Who one is. */
  self: string;
  /** By learner; each row is replaced, never changed. */
  rows: ReadonlyMap<string, Row>;
  /** What to add to Date.now() to get the server's time, ms. */
  clock: number;
  /** Why there is nothing to be seen; `over` where one's right went while one looked. */
  closed: RefusalCode | 'over' | null;
  /** Why the last wish was refused, until it is dismissed. */
  refusal: RefusalCode | null;
  /** What the last wish did. */
  said: string;
}

/** A class at work, alive on this page. */
export interface Lesson {
  readonly class: string;
  readonly lab: string;
  readonly view: Store<LessonView>;
  /** Asks; a refusal is shown. The answer's data, or null. */
  wish<N extends RequestName>(name: N, payload: Request<N>): Promise<Extract<Answer<N>, { ok: true }>['data'] | null>;
  enter(): Promise<void>;
  /** Begins to hear; answers what ends that. */
  open(): () => void;
}

const nothing: LessonView = {
  frame: null,
  role: null,
  self: '',
  rows: new Map(),
  clock: 0,
  closed: null,
  refusal: null,
  said: '',
};

/** The live half of a class page over its desk's socket. */
export function createLesson(desk: Desk, classId: string, lab: string): Lesson {
  const view = createStore<LessonView>(nothing);
  /** Rows that came since the list was drawn last. */
  let waiting = new Map<string, Row>();
  let drawing: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    drawing = undefined;
    const { rows, frame } = view.get();
    const next = new Map(rows);
    for (const [learner, row] of waiting) if (frame?.learners.includes(learner)) next.set(learner, row);
    waiting = new Map();
    view.set({ rows: next });
  }

  async function enter(): Promise<void> {
    const answer = await desk.request('class:enter', { class: classId, lab });
    if (!answer.ok) {
      if (answer.code !== 'unavailable') view.set({ ...nothing, closed: answer.code });
      return;
    }
    const { frame, role, self, rows, now } = answer.data;
    waiting = new Map();
    view.set({
      ...{ frame, role, self, closed: null, clock: now - Date.now() },
      rows: new Map(rows.map((row) => [row.learner, row])),
    });
  }

  return {
    class: classId,
    lab,
    view,
    enter,
    async wish(name, payload) {
      const answer = await desk.request(name, payload);
      view.set({ refusal: answer.ok ? null : answer.code, said: '' });
      return answer.ok ? (answer.data as Extract<Answer<typeof name>, { ok: true }>['data']) : null;
    },
    open() {
      const offs = [
        desk.on('class:row', (row) => {
          waiting.set(row.learner, row);
          drawing ??= setTimeout(flush, DRAW_MS);
        }),
        desk.on('class:state', (frame) => {
          if (frame.class !== classId || frame.lab !== lab) return;
          const rows = [...view.get().rows].filter(([learner]) => frame.learners.includes(learner));
          view.set({ frame, rows: new Map(rows) });
        }),
        desk.on('class:over', () => view.set({ ...nothing, closed: 'over' })),
      ];
      return () => {
        for (const off of offs) off();
        clearTimeout(drawing);
        drawing = undefined;
        void desk.request('class:leave', {});
        void desk.request('class:unwatch', {});
      };
    },
  };
}

/** What is live about a learner whose terminals are looked at. */
export interface MirrorView extends TerminalView {
  watched: Watched | null;
  closed: RefusalCode | 'over' | null;
  looked: Record<string, string>;
}

/** A learner's session, seen over the desk's socket. */
export interface Mirror extends TerminalLive {
  readonly view: Store<MirrorView>;
  look(node: string, terminal: string): void;
  enter(): Promise<void>;
  open(): () => void;
}

/** The mirror of one learner; a desk has one at a time. */
export function createMirror(desk: Desk, about: { class: string; lab: string; learner: string }): Mirror {
  const view = createStore<MirrorView>({
    ...{ watched: null, closed: null, looked: {}, epoch: 0, focus: null },
    connection: desk.view.get().connection,
  });
  let isOpen = true;

  return {
    view,
    // Nobody runs blocks here, so nobody asks where the prompt is.
    runner: { notePrompt: () => undefined },
    request: desk.request,
    tell: desk.tell,
    on: desk.on,
    look: (node, terminal) => view.set({ looked: { ...view.get().looked, [node]: terminal } }),
    async enter() {
      const answer = await desk.request('class:watch', about);
      if (!isOpen) return;
      if (answer.ok) view.set({ watched: answer.data, closed: null, epoch: view.get().epoch + 1 });
      else if (answer.code !== 'unavailable') view.set({ watched: null, closed: answer.code });
    },
    open() {
      isOpen = true;
      const offs = [
        // News of who was looked at before come before the answer that says who is now.
        desk.on('watch:state', (watched) => {
          if (view.get().epoch > 0) view.set({ watched, closed: watched ? null : 'over' });
        }),
        desk.view.subscribe(() => view.set({ connection: desk.view.get().connection })),
      ];
      return () => {
        isOpen = false;
        for (const off of offs) off();
      };
    },
  };
}
