import type { Metadata } from 'next';
import Link from 'next/link';
import { Field, FormPage } from '../FormPage.tsx';
import { sentenceOf } from '../form.ts';
import { resumeErrors } from '../words.ts';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: '换浏览器继续' };

/** Where a code from another browser is typed in. */
export default async function ResumePage({ searchParams }: PageProps<'/resume'>) {
  const { error } = await searchParams;
  const wrong = sentenceOf(resumeErrors, error);
  return (
    <FormPage
      action="/resume"
      title="换浏览器继续"
      lead="在原来的浏览器里点右上角的头像，选「换浏览器继续…」，把那里的代码填到下面。节点、终端和结果都会跟过来。"
      wrong={wrong}
      submit="继续"
      foot={<Link href="/">回到全部实验</Link>}
    >
      <Field
        name="code"
        label="代码"
        data-code
        required
        maxLength={64}
        autoComplete="one-time-code"
        autoCapitalize="characters"
        spellCheck={false}
        aria-invalid={wrong !== null}
        aria-describedby={wrong ? 'wrong' : undefined}
      />
    </FormPage>
  );
}
