import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { newId } from '../server/secrets.ts';
import { openStore } from '../server/store/store.ts';
import type { Role } from '../server/store/tables.ts';
import type { Site } from './site.ts';

/** Somebody in a class, who need not sign in: their browser has the cookie already. */
export interface Pupil {
  person: string;
  token: string;
}

/** Makes a class and who is in it, straight in the site's database; with a code others can join it. */
export async function makeClass(
  data: string,
  id: string,
  name: string,
  people: { role: Role; name: string; studentNo?: string }[],
  code?: string,
): Promise<Pupil[]> {
  const store = await openStore(join(data, 'store', 'netloom.db'));
  try {
    await store.classes.create(id, name, Date.now());
    if (code) await store.classes.change(id, { code, joining: 'open' });
    const made: Pupil[] = [];
    for (const { role, name: called, studentNo } of people) {
      const [person, token] = [newId(), randomBytes(32).toString('base64url')];
      await store.people.create(person, createHash('sha256').update(token).digest('hex'), Date.now());
      await store.classes.add(id, { person, name: called, ...(studentNo && { studentNo }) }, Date.now());
      await store.classes.setRole(id, person, role);
      made.push({ person, token });
    }
    return made;
  } finally {
    await store.close();
  }
}

/** Fills in a form by the labels of its fields. */
export async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
}

/** A browser that is this person. */
export async function comeAs(
  site: Site,
  { token }: Pupil,
  options?: Parameters<Site['visitor']>[0],
): Promise<BrowserContext> {
  const context = await site.visitor(options);
  await context.addCookies([{ name: 'netloom', value: token, url: site.address, httpOnly: true, sameSite: 'Lax' }]);
  return context;
}
