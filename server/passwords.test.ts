import { expect, it } from 'vitest';
import { createPasswords, drawPassword } from './passwords.ts';

const passwords = createPasswords();

it('knows a password again, whatever its width, and no other', async () => {
  const stored = await passwords.hash('正确的密码 ok 2026', 'chosen');
  expect(stored).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
  expect(await passwords.matches('正确的密码 ｏｋ ２０２６', stored, 'chosen')).toBe(true);
  expect(await passwords.matches('正确的密码 ok 2027', stored, 'chosen')).toBe(false);
  expect(await passwords.matches('正确的密码 ok 2026', undefined, 'chosen')).toBe(false);
  expect(await passwords.matches('正确的密码 ok 2026', 'nonsense', 'chosen')).toBe(false);
});

it('goes by what is stored, not by what is usual now', async () => {
  const stored = await passwords.hash('drawn', 'drawn');
  expect(stored).toContain('$ln=14,');
  expect(await passwords.matches('drawn', stored, 'chosen')).toBe(true);
});

it('takes as long for an unknown login', async () => {
  const stored = await passwords.hash('something long', 'chosen');
  const took = async (known: string | undefined) => {
    const began = performance.now();
    await passwords.matches('something else', known, 'chosen');
    return performance.now() - began;
  };
  const [unknown, known] = [await took(undefined), await took(stored)];
  expect(unknown).toBeGreaterThan(known / 3);
});

it('draws passwords that are not mistaken on paper', () => {
  const drawn = new Set(Array.from({ length: 200 }, drawPassword));
  expect(drawn.size).toBe(200);
  for (const each of drawn) expect(each).toMatch(/^[2-9a-hj-km-np-z]{8}$/);
});
