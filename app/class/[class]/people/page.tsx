import type { Metadata } from 'next';
import { People } from './People.tsx';

export const metadata: Metadata = { title: '名册' };

/** Who is in a class, who teaches it, and how one comes in. */
export default function PeoplePage() {
  return <People />;
}
