import type { Metadata } from 'next';
import { Brand } from '../../Brand.tsx';
import { library, outline } from '../../library.ts';
import styles from './page.module.css';
import { type Course, WatchedSession } from './WatchedSession.tsx';
import { watch as words } from './words.ts';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: words.title, robots: { index: false } };

/** Somebody's terminals, for whoever has the link; to be looked at only. */
export default async function WatchPage({ params }: PageProps<'/watch/[code]'>) {
  const { code } = await params;
  // Which lab it is only the socket knows: the page brings the names of all.
  const courses: Record<string, Course> = Object.fromEntries(
    library()
      .labs()
      .map(outline)
      .map(({ id, title, nodes, steps }) => [
        id,
        { title, nodes, checkpoints: steps.flatMap(({ checkpoints }) => checkpoints) },
      ]),
  );
  return (
    <div className={styles.page}>
      <header>
        <Brand />
        <h1 className="visually-hidden">{words.title}</h1>
        <span className={styles.chip}>{words.readOnly}</span>
        <span className={styles.hint}>{words.hint}</span>
      </header>
      <main>
        <p className={styles.noScript}>{words.noScript}</p>
        <WatchedSession code={decodeURIComponent(code)} courses={courses} />
      </main>
    </div>
  );
}
