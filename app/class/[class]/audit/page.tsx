import type { Metadata } from 'next';
import { Audit } from './Audit.tsx';

export const metadata: Metadata = { title: '记录' };

/** What was done in a class by right. */
export default function AuditPage() {
  return <Audit />;
}
