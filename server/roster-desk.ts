import { Refusal } from './answer.ts';
import type { Handlers } from './handlers.ts';
import { drawPassword } from './passwords.ts';
import type { PeopleParts } from './people-desk.ts';
import type { RosterPlan } from './people-protocol.ts';
import { nameText, readRosterText } from './roster-text.ts';
import { newId } from './secrets.ts';
import type { AuditAction } from './store/audit.ts';
import { CLASS_MAX } from './store/roster.ts';

/** The roster of a class. */
export function createRosterDesk({
  store,
  identity,
  passwords,
  sessions,
  erase,
  now,
}: PeopleParts): Pick<
  Handlers,
  | 'roster:list'
  | 'roster:preview'
  | 'roster:import'
  | 'roster:add'
  | 'roster:change'
  | 'roster:remove'
  | 'roster:merge'
  | 'roster:passwords'
  | 'learner:erase'
> {
  const { roster, audit } = store;

  function note(
    id: string,
    actor: string,
    action: AuditAction,
    detail: Record<string, unknown> = {},
    subject?: string,
  ): Promise<void> {
    return audit.note({ class: id, actor, action, detail, subject, at: now() });
  }

  async function plan(id: string, text: string): Promise<RosterPlan> {
    const { lines, mistakes } = readRosterText(text);
    const there = await store.classes.everyone(id);
    const known = new Map(there.map((each) => [each.studentNo, each]));
    const planned = lines.map(({ studentNo, name }) => {
      const same = known.get(studentNo);
      const what = !same ? ('add' as const) : same.name === name ? ('same' as const) : ('rename' as const);
      return { studentNo, name, what };
    });
    // A number of somebody who teaches.
    for (const { line, studentNo } of lines) {
      if ((known.get(studentNo)?.role ?? 'learner') === 'learner') continue;
      mistakes.push({ line, why: 'taken', text: studentNo });
    }
    const added = lines.filter(({ studentNo }) => !known.has(studentNo));
    const over = there.length + added.length - CLASS_MAX;
    if (over > 0) {
      const { line = 1, studentNo = '' } = added[added.length - over] ?? {};
      mistakes.push({ line, why: 'too-many', text: studentNo });
    }
    mistakes.sort((one, other) => one.line - other.line);
    return { lines: planned, mistakes, done: false };
  }

  return {
    'roster:list': async ({ class: id }) => ({ learners: await roster.list(id) }),
    'roster:preview': ({ class: id, text }) => plan(id, text),
    async 'roster:import'({ class: id, text }, client) {
      const planned = await plan(id, text);
      if (planned.mistakes.length > 0 || planned.lines.length === 0) return planned;
      const lines = planned.lines.map(({ studentNo, name }) => ({ person: newId(), studentNo, name }));
      const put = await roster.put(id, lines, now());
      if (typeof put === 'string') throw new Refusal(put);
      await note(id, client.data.person, 'roster:import', { added: put.added, renamed: put.changed });
      return { ...planned, done: true };
    },
    async 'roster:add'({ class: id, studentNo, name: given }, client) {
      const name = nameText(given);
      if (name === '') throw new Refusal('bad-request');
      const person = newId();
      if ((await store.classes.everyone(id)).some((each) => each.studentNo === studentNo)) throw new Refusal('taken');
      const put = await roster.put(id, [{ person, studentNo, name }], now());
      if (typeof put === 'string') throw new Refusal(put);
      // Two at once.
      if (put.added === 0) throw new Refusal('taken');
      await note(id, client.data.person, 'roster:add', {}, person);
      return null;
    },
    async 'roster:change'({ class: id, learner, was, studentNo, name: given }, client) {
      const name = nameText(given);
      if (name === '') throw new Refusal('bad-request');
      const done = await roster.change(id, learner, was, { studentNo, name });
      if (done !== 'done') throw new Refusal(done);
      const fields = { studentNo: was.studentNo !== studentNo, name: was.name !== name };
      await note(id, client.data.person, 'roster:change', fields, learner);
      return null;
    },
    async 'roster:remove'({ class: id, learners }, client) {
      for (const { person, studentNo, name } of await roster.remove(id, learners)) {
        await note(id, client.data.person, 'roster:remove', { studentNo, name }, person);
      }
      return null;
    },
    async 'roster:merge'({ class: id, learner: into, duplicate: from }, client) {
      if (from === into) throw new Refusal('bad-request');
      // Another class would find somebody's work in somebody else's place.
      if (await roster.isElsewhere(id, from)) throw new Refusal('elsewhere');
      const former = (await roster.list(id)).find((each) => each.person === from);
      const done = await sessions.move(from, into, () => roster.merge({ from, into, browsers: true }));
      if (!done) throw new Refusal('changed');
      identity.refresh([from, into]);
      const { studentNo, name } = former ?? {};
      await note(id, client.data.person, 'roster:merge', { studentNo, name }, into);
      return null;
    },
    async 'roster:passwords'({ class: id, learners }, client) {
      const wanted = new Set(learners);
      const drawn = new Map(
        (await roster.list(id)).filter((each) => wanted.has(each.person)).map((each) => [each, drawPassword()]),
      );
      const hashed = new Map<string, string>();
      // One after the other: meanwhile others want to sign in.
      for (const [{ person }, text] of drawn) hashed.set(person, await passwords.hash(text, 'drawn'));
      const done = new Set(await roster.setPasswords(id, hashed));
      await identity.signOut([...done]);
      await note(id, client.data.person, 'roster:passwords', { count: done.size });
      return {
        passwords: [...drawn]
          .filter(([each]) => done.has(each.person))
          .map(([{ studentNo = '', name = '' }, password]) => ({ studentNo, name, password })),
      };
    },
    async 'learner:erase'({ class: id, learner }, client) {
      if (await roster.isElsewhere(id, learner)) throw new Refusal('elsewhere');
      await identity.signOut([learner]);
      await sessions.drop(learner);
      await erase(learner);
      await store.people.erase(learner);
      // Nothing that tells who it was.
      await note(id, client.data.person, 'person:erase');
      return null;
    },
  };
}
