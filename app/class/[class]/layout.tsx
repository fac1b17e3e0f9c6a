import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { ClassFrame } from './ClassFrame.tsx';

export const metadata: Metadata = { title: '班级' };

/** What all pages of one class stand in. */
export default function OneClassLayout({ children }: { children: ReactNode }) {
  return <ClassFrame>{children}</ClassFrame>;
}
