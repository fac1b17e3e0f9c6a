import type { Metadata } from 'next';
import { library } from '../../../../../../library.ts';
import { ReplayDesk } from './ReplayDesk.tsx';
import { replay as words } from './words.ts';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: words.title, robots: { index: false } };

/** What a learner's terminal showed, beside what was judged meanwhile. */
export default async function ReplayPage({
  params,
  searchParams,
}: PageProps<'/class/[class]/learners/[person]/replay/[recording]'>) {
  const { class: id, person, recording } = await params;
  const { lab } = await searchParams;
  const labs = library().labs();
  const chosen = labs.find((each) => each.id === lab) ?? labs[0];
  return (
    <ReplayDesk
      classId={decodeURIComponent(id)}
      learner={decodeURIComponent(person)}
      lab={chosen?.id ?? ''}
      recording={decodeURIComponent(recording)}
    />
  );
}
