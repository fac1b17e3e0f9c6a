import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Refusal } from './answer.ts';
import { createClassroom } from './classroom.ts';
import { createPeople, type People } from './people.ts';
import { isPeopleForm, peopleRoutes } from './people-routes.ts';
import { newToken } from './secrets.ts';
import { openStore, type Store } from './store/store.ts';

let store: Store;
let people: People;
let routes: ReturnType<typeof peopleRoutes>;
const faults: unknown[] = [];

beforeEach(async () => {
  store = await openStore(':memory:');
  people = createPeople({
    store,
    sessions: { move: (_from, _into, merge) => merge(), drop: async () => undefined },
    dismiss: () => undefined,
    erase: async () => undefined,
    now: Date.now,
  });
  routes = peopleRoutes({
    people,
    classroom: createClassroom(store, Date.now),
    allowed: ({ headers }) => headers.origin !== 'https://elsewhere.example',
    isSecure: () => true,
    fault: (error) => faults.push(error),
  });
});

afterEach(async () => {
  await store.close();
  expect(faults.splice(0)).toEqual([]);
});

async function post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const incoming = { headers, socket: { remoteAddress: '10.0.0.1' } } as unknown as IncomingMessage;
  const response = await routes.request(
    path,
    { method: 'POST', body: new URLSearchParams(fields), headers: { ...headers } },
    { incoming },
  );
  return { status: response.status, to: response.headers.get('location'), cookies: response.headers.getSetCookie() };
}

it('makes the first account, signs in and out', async () => {
  const secret = newToken();
  await people.accounts.offerFirst(secret);
  const given = { name: '李老师', login: 'li.wei', password: 'a good long one' };
  const made = await post(`/setup/${secret}`, given);
  expect([made.status, made.to]).toEqual([303, '/class']);
  expect(made.cookies[0]).toMatch(/^netloom=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/);
  const wrong = await post('/sign-in', { ...given, password: 'wrong' });
  expect(wrong.to).toBe('/sign-in?error=wrong');
  const [form] = wrong.cookies;
  expect(form).toMatch(/^netloom-form=[\w-]+; Path=\/sign-in; Max-Age=60; HttpOnly; SameSite=Lax$/);
  const kept = Buffer.from(/=([\w-]+);/.exec(form ?? '')?.[1] ?? '', 'base64url').toString();
  expect(JSON.parse(kept)).toEqual({ login: 'li.wei' });
  const signedIn = await post('/sign-in', given);
  expect(signedIn.to).toBe('/class');
  const cookie = signedIn.cookies[0]?.split(';')[0] ?? '';
  const token = cookie.split('=')[1] ?? '';
  const classroom = createClassroom(store, Date.now);
  expect(await classroom.personOf(token)).toBeDefined();
  const out = await post('/sign-out', {}, { cookie });
  expect(out.cookies[0]).toMatch(/^netloom=; Path=\/; Max-Age=0;/);
  expect(await classroom.personOf(token)).toBeUndefined();
});

it.each(['/sign-in', '/sign-out', '/join', '/password', '/setup/abc'])(
  '%s takes nothing from elsewhere, or too much',
  async (path) => {
    expect(isPeopleForm(path)).toBe(true);
    expect((await post(path, {}, { origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await post(path, { login: 'x'.repeat(5_000) })).status).toBe(413);
  },
);

it('answers an empty form with a sentence, too', async () => {
  expect((await post('/join', {})).to).toBe('/join?error=code');
  expect((await post('/sign-in', {})).to).toBe('/sign-in?error=wrong');
  expect((await post('/password', {})).to).toBe('/password?error=guest');
  expect((await post('/setup/abc', {})).to).toBe('/setup/abc?error=gone');
});

it('tells a refusal and a fault apart', async () => {
  vi.spyOn(people.joining, 'join').mockRejectedValueOnce(new Refusal('busy'));
  expect((await post('/join', {})).to).toBe('/join?error=busy');
  vi.spyOn(people.joining, 'join').mockRejectedValueOnce(new Error('broken'));
  expect((await post('/join', {})).to).toBe('/join?error=internal');
  expect(faults.splice(0)).toHaveLength(1);
});
