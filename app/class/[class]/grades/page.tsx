import type { Metadata } from 'next';
import { library } from '../../../library.ts';
import { Grades } from './Grades.tsx';
import { grades as words } from './words.ts';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: words.title, robots: { index: false } };

/** The grades of a class, for those who teach it. */
export default async function GradesPage({ params, searchParams }: PageProps<'/class/[class]/grades'>) {
  const { class: id } = await params;
  const { lab } = await searchParams;
  const labs = library()
    .labs()
    .map((each) => ({ id: each.id, title: each.file.title }));
  const first = labs.some((each) => each.id === lab) ? String(lab) : (labs.length === 1 && labs[0]?.id) || null;
  return <Grades classId={decodeURIComponent(id)} labs={labs} first={first} />;
}
