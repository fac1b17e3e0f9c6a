import { cookies } from 'next/headers';

/** Where the server keeps what was typed into a form that came back (server/cookie.ts). */
const NAME = 'netloom-form';

/** What was typed into the form that has come back; nothing where none has. */
export async function typedBefore(): Promise<Record<string, string>> {
  const kept = (await cookies()).get(NAME)?.value;
  if (!kept) return {};
  try {
    const fields: unknown = JSON.parse(Buffer.from(kept, 'base64url').toString());
    if (typeof fields !== 'object' || fields === null) return {};
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => typeof value === 'string'));
  } catch {
    // Somebody made it up; the form is empty then.
    return {};
  }
}

/** The sentence of an error in the address: one of ours, or the one for anything else. */
export function sentenceOf(sentences: Record<string, string>, error: string | string[] | undefined): string | null {
  if (error === undefined) return null;
  const known = typeof error === 'string' && Object.hasOwn(sentences, error) ? sentences[error] : undefined;
  return known ?? '没有成功，什么也没有改动。请再试一次；如果还是这样，请告诉老师。';
}
