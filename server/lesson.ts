import type { DefaultEventsMap, Server } from 'socket.io';
import { Refusal } from './answer.ts';
import { deadlineOf } from './deadline.ts';
import type { LabSource } from './judge.ts';
import type { ClassFrame, ClassState, Row, Teacher } from './lesson-protocol.ts';
import { rowOf } from './row.ts';
import type { Client, Seat } from './seat.ts';
import type { Sessions } from './sessions.ts';
import type { Member } from './store/classes.ts';
import { UNASSIGNED } from './store/lessons.ts';
import type { Attempt } from './store/progress.ts';
import type { Store } from './store/store.ts';
import type { Role } from './store/tables.ts';

/** Between two rows of one learner, ms: four a second are more than an eye follows. */
const ROW_GAP_MS = 250;

/** Classes at work, for those who look at them; nothing is done for a class nobody looks at. */
export interface Lesson {
  /** Lets a socket hear of a class, in place of another; answers everything. */
  enter(client: Client, classId: string, lab: string, role: Role): Promise<ClassState>;
  leave(client: Client): void;
  /** Something of a learner's has changed: their row follows. */
  changed(person: string, lab: string): void;
  /** A learner's hand is up since then, or down. */
  hand(person: string, lab: string, since: number | undefined): void;
  /** Who is in a class, or what it may do, may have changed. */
  reframe(classId: string, lab?: string): Promise<void>;
  /** Every class that is looked at. */
  open(): { class: string; lab: string }[];
  close(): void;
}

interface Room {
  class: string;
  lab: string;
  name: string;
  frame: ClassFrame;
  members: Map<string, Member>;
  deadlines: Map<string, number>;
  hands: Map<string, number>;
  /** Rows as they were told last, as JSON, by learner. */
  told: Map<string, string>;
  waiting: Map<string, NodeJS.Timeout>;
}

/** Lessons over the sessions and the store. */
export function createLesson(options: {
  io: Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Seat>;
  store: Pick<Store, 'lessons' | 'classes' | 'progress'>;
  sessions: Pick<Sessions, 'peek' | 'activeAt'>;
  source(lab: string): LabSource | undefined;
  isOnline(person: string, lab: string): boolean;
  watching(person: string, lab: string): Teacher[];
  typing(person: string, lab: string): Teacher[];
  reset(person: string, lab: string): Row['reset'];
  now(): number;
  fault(error: unknown, what: string): void;
}): Lesson {
  const { io, store, sessions, now } = options;
  const rooms = new Map<string, Room>();
  const opening = new Map<string, Promise<Room>>();

  function nameOf(classId: string, lab: string): string {
    return `class/${classId}/${lab}`;
  }

  /** Reads what the store knows of a class in a lab. */
  async function frameOf(
    classId: string,
    lab: string,
  ): Promise<Pick<Room, 'frame' | 'members' | 'deadlines' | 'hands'>> {
    const known = await store.classes.find(classId);
    if (!known) throw new Refusal('not-found');
    const members = new Map((await store.classes.members(classId)).map((member) => [member.person, member]));
    return {
      members,
      deadlines: await store.lessons.extensions(classId, lab),
      hands: await store.lessons.hands(lab),
      frame: {
        ...{ class: classId, name: known.name, lab },
        ...((await store.lessons.assignment(classId, lab)) ?? UNASSIGNED),
        labs: await store.lessons.labs(classId),
        learners: [...members.keys()],
      },
    };
  }

  /** A learner's row; `attempt` is what the store knows of who is not here. */
  function row(room: Room, member: Member, attempt: Attempt | undefined): Row {
    const { lab } = room;
    const { person, studentNo, name } = member;
    const owned = sessions.peek(person, lab);
    const state = owned?.session.state();
    const optional = <T>(key: keyof Row, value: T | undefined) => (value === undefined ? {} : { [key]: value });
    const some = (key: 'watching' | 'typing', teachers: Teacher[]) => (teachers.length > 0 ? { [key]: teachers } : {});
    return rowOf({
      learner: person,
      online: options.isOnline(person, lab),
      checkpoints: options.source(lab)?.lab().checkpoints ?? [],
      state: state?.session ?? { status: 'none' },
      results: state?.results ?? attempt?.results ?? {},
      ...optional('studentNo', studentNo),
      ...optional('name', name),
      ...optional('step', owned?.session.step()),
      ...optional('startedAt', state ? state.startedAt : attempt?.startedAt),
      ...optional('finishedAt', state ? state.finishedAt : attempt?.finishedAt),
      ...optional('activeAt', owned && sessions.activeAt(owned)),
      ...optional('handSince', room.hands.get(person)),
      ...optional('deadline', deadlineOf(room.frame.deadline, room.deadlines.get(person))),
      ...optional('reset', options.reset(person, lab)),
      ...some('watching', options.watching(person, lab)),
      ...some('typing', options.typing(person, lab)),
    });
  }

  async function tellRow(room: Room, person: string): Promise<void> {
    const { lab } = room;
    const attempt = sessions.peek(person, lab) ? undefined : await store.progress.read(person, lab);
    const member = room.members.get(person);
    if (!member || rooms.get(room.name) !== room) return;
    const next = row(room, member, attempt);
    const text = JSON.stringify(next);
    if (room.told.get(person) === text) return;
    room.told.set(person, text);
    io.to(room.name).emit('class:row', next);
  }

  function soon(room: Room, person: string): void {
    if (room.waiting.has(person) || !room.members.has(person)) return;
    const timer = setTimeout(() => {
      room.waiting.delete(person);
      tellRow(room, person).catch((error) => options.fault(error, 'telling of a learner'));
    }, ROW_GAP_MS);
    room.waiting.set(person, timer);
  }

  async function open(classId: string, lab: string): Promise<Room> {
    const name = nameOf(classId, lab);
    const room: Room = {
      ...{ class: classId, lab, name, told: new Map(), waiting: new Map() },
      ...(await frameOf(classId, lab)),
    };
    rooms.set(name, room);
    return room;
  }

  function shut(room: Room): void {
    for (const timer of room.waiting.values()) clearTimeout(timer);
    rooms.delete(room.name);
  }

  function leave(client: Client): void {
    const { lesson: name } = client.data;
    if (name === undefined) return;
    client.data.lesson = undefined;
    client.leave(name);
    const room = rooms.get(name);
    if (room && !io.sockets.adapter.rooms.has(name)) shut(room);
  }

  async function reframe(room: Room): Promise<void> {
    const before = JSON.stringify([room.frame, [...room.members.values()], [...room.deadlines]]);
    Object.assign(room, await frameOf(room.class, room.lab));
    if (JSON.stringify([room.frame, [...room.members.values()], [...room.deadlines]]) === before) return;
    io.to(room.name).emit('class:state', room.frame);
    for (const person of room.told.keys()) if (!room.members.has(person)) room.told.delete(person);
    for (const person of room.members.keys()) soon(room, person);
  }

  return {
    async enter(client, classId, lab, role) {
      if (!options.source(lab)) throw new Refusal('not-found');
      leave(client);
      const name = nameOf(classId, lab);
      client.data.lesson = name;
      // Before the room is read, so that it is not shut meanwhile, and no news is missed.
      await client.join(name);
      try {
        const begun = rooms.get(name) ?? opening.get(name) ?? open(classId, lab);
        if (begun instanceof Promise) opening.set(name, begun);
        const room = await begun;
        const attempts = await store.progress.readAll(lab);
        const rows = [...room.members.values()].map((member) => row(room, member, attempts.get(member.person)));
        for (const each of rows) room.told.set(each.learner, JSON.stringify(each));
        return { frame: room.frame, role, self: client.data.person, rows, now: now() };
      } catch (error) {
        leave(client);
        throw error;
      } finally {
        opening.delete(name);
        // Whoever asked may have gone, or gone elsewhere, while we read.
        const room = rooms.get(name);
        if (room && !io.sockets.adapter.rooms.has(name)) shut(room);
      }
    },
    leave,
    changed(person, lab) {
      for (const room of rooms.values()) if (room.lab === lab) soon(room, person);
    },
    hand(person, lab, since) {
      for (const room of rooms.values()) {
        if (room.lab !== lab) continue;
        if (since === undefined) room.hands.delete(person);
        else room.hands.set(person, since);
      }
    },
    async reframe(classId, lab) {
      for (const room of [...rooms.values()]) {
        if (room.class === classId && (lab === undefined || room.lab === lab)) await reframe(room);
      }
    },
    open: () => [...rooms.values()].map((room) => ({ class: room.class, lab: room.lab })),
    close() {
      for (const room of [...rooms.values()]) shut(room);
    },
  };
}
