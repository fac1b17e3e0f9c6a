import type { Metadata } from 'next';
import { library, outline } from '../../library.ts';
import { ClassRoom } from './ClassRoom.tsx';
import { words } from './words.ts';

export const metadata: Metadata = { title: words.title };

/** A class at work: all labs' outlines, of which the address or the class chooses one. */
export default async function ClassPage({ params, searchParams }: PageProps<'/class/[class]'>) {
  const { class: id } = await params;
  const { lab } = await searchParams;
  const courses = library().labs().map(outline);
  return <ClassRoom classId={id} asked={typeof lab === 'string' ? lab : undefined} courses={courses} />;
}
