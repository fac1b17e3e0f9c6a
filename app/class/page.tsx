import type { Metadata } from 'next';
import { Classes } from './Classes.tsx';

export const metadata: Metadata = { title: '我的班级' };

/** The classes of this person. */
export default function ClassesPage() {
  return <Classes />;
}
