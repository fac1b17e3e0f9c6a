import { createHash, randomBytes } from 'node:crypto';
import type { ClassFrame, Row } from './lesson-protocol.ts';
import { newId } from './secrets.ts';
import type { Role } from './store/tables.ts';
import type { TestBrowser, TestDoor } from './testdoor.ts';

/** Somebody in a test's class, at a browser. */
export interface TestMember {
  person: string;
  browser: TestBrowser;
  /** The newest rows by learner, the frame, and whether it is over. */
  rows: Map<string, Row>;
  frame(): ClassFrame | undefined;
  isOver(): boolean;
}

/** Makes a class, or one more member of it, through the store: whoever comes has a browser that is connected. */
export async function joinClass(door: TestDoor, classId: string, role: Role, name: string): Promise<TestMember> {
  const person = newId();
  const token = randomBytes(32).toString('base64url');
  await door.store.people.create(person, createHash('sha256').update(token).digest('hex'), Date.now());
  await door.store.classes.create(classId, `class ${classId}`, Date.now());
  await door.store.classes.add(classId, { person, name }, Date.now());
  await door.setRole(classId, person, role);
  const browser = await door.connect(`netloom=${token}`);
  const rows = new Map<string, Row>();
  let frame: ClassFrame | undefined;
  let over = false;
  browser.socket.on('class:row', (row: Row) => rows.set(row.learner, row));
  browser.socket.on('class:state', (next: ClassFrame) => {
    frame = next;
  });
  browser.socket.on('class:over', () => {
    over = true;
  });
  return { person, browser, rows, frame: () => frame, isOver: () => over };
}

/** A learner of a class whose nodes are ready; answers the terminal that gives back what it gets. */
export async function workingLearner(door: TestDoor, classId: string, name: string) {
  const learner = await joinClass(door, classId, 'learner', name);
  const { browser } = learner;
  await browser.ask('lab:enter', { lab: 'test', step: '01-links' });
  await browser.ask('lab:start', { lab: 'test' });
  const owned = await door.sessions.of(learner.person, 'test');
  for (let tries = 0; owned.session.status() !== 'ready' || owned.session.terminals().length < 2; tries += 1) {
    if (tries > 500) throw new Error('the nodes did not become ready');
    await new Promise((done) => setTimeout(done, 10));
  }
  const terminal = owned.session.terminals().find((each) => owned.session.nodeOf(each) === 'node-1') ?? '';
  return { ...learner, owned, terminal };
}
