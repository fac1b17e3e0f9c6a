import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Brand } from '../../Brand.tsx';
import { DeskProvider } from '../../class/Desk.tsx';
import { library } from '../../library.ts';
import { SchemeButton } from '../../SchemeButton.tsx';
import { report as words } from '../words.ts';
import { MyReport } from './MyReport.tsx';
import styles from './page.module.css';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: words.mine, robots: { index: false } };

/** One's own report of a lab. */
export default async function MyReportPage({ params }: PageProps<'/report/[lab]'>) {
  const { lab: asked } = await params;
  const lab = library().lab(asked);
  if (!lab) notFound();
  return (
    <div className={styles.page}>
      <header data-no-print>
        <Brand />
        <span />
        <SchemeButton />
      </header>
      <DeskProvider>
        <MyReport lab={lab.id} title={lab.file.title} />
      </DeskProvider>
    </div>
  );
}
