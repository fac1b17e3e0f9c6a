import { notFound, redirect } from 'next/navigation';
import { library } from '../../library.ts';

/** A lab's address leads to its first step. */
export default async function LabPage({ params }: PageProps<'/labs/[lab]'>) {
  const { lab: id } = await params;
  const first = library().lab(id)?.steps[0];
  if (!first) notFound();
  redirect(`/labs/${id}/${first.id}`);
}
