import type { Metadata } from 'next';
import Link from 'next/link';
import { Brand } from '../Brand.tsx';
import { resumeErrors } from '../words.ts';
import styles from './page.module.css';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: '换浏览器继续' };

/** Where a code from another browser is typed in. A plain form: the server takes it before Next, and no script is needed. */
export default async function ResumePage({ searchParams }: PageProps<'/resume'>) {
  const { error } = await searchParams;
  const said =
    typeof error === 'string' && Object.hasOwn(resumeErrors, error) ? (error as keyof typeof resumeErrors) : null;
  const words = said ? resumeErrors[said] : error === undefined ? null : resumeErrors.code;
  return (
    <div className={styles.page}>
      <header>
        <Brand />
      </header>
      <main>
        <form method="post" action="/resume" className={styles.card}>
          <h1>换浏览器继续</h1>
          <p>在原来的浏览器里点右上角的头像，选「换浏览器继续…」，把那里的代码填到下面。节点、终端和结果都会跟过来。</p>
          <label htmlFor="code">代码</label>
          <input
            id="code"
            name="code"
            required
            maxLength={64}
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
            aria-invalid={words !== null}
            aria-describedby={words ? 'wrong' : undefined}
          />
          {words && (
            <p id="wrong" role="alert" className={styles.wrong}>
              {words}
            </p>
          )}
          <div className={styles.foot}>
            <button type="submit">继续</button>
            <Link href="/">回到全部实验</Link>
          </div>
        </form>
      </main>
    </div>
  );
}
