import type { Metadata } from 'next';
import { library } from '../../../../library.ts';
import { report as words } from '../../../../report/words.ts';
import { LearnerReport } from './LearnerReport.tsx';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: words.title, robots: { index: false } };

/** The report of one learner in one lab, for those who teach. */
export default async function LearnerReportPage({
  params,
  searchParams,
}: PageProps<'/class/[class]/learners/[person]'>) {
  const { class: id, person } = await params;
  const { lab } = await searchParams;
  const labs = library()
    .labs()
    .map((each) => ({ id: each.id, title: each.file.title }));
  const first = labs.find((each) => each.id === lab) ?? labs[0];
  return (
    <LearnerReport
      classId={decodeURIComponent(id)}
      learner={decodeURIComponent(person)}
      labs={labs}
      first={first?.id ?? ''}
    />
  );
}
