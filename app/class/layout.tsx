import type { ReactNode } from 'react';
import { DeskProvider } from './Desk.tsx';

export const dynamic = 'force-dynamic';

/** What all pages of those who teach stand in: one socket, kept from page to page. */
export default function ClassLayout({ children }: { children: ReactNode }) {
  return <DeskProvider>{children}</DeskProvider>;
}
