import Link from 'next/link';
import styles from './Brand.module.css';

/** The mark and the name, leading home. */
export function Brand() {
  return (
    <Link href="/" prefetch={false} className={styles.brand} aria-label="织网，回到首页">
      <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
        <g fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round">
          <path d="M3 8h2.4M10.6 8H21M3 16h10.4M18.6 16H21M8 3v2.4M8 10.6V21M16 3v10.4M16 18.6V21" />
        </g>
        <circle cx="8" cy="8" r="2.9" fill="var(--n1)" />
        <circle cx="16" cy="16" r="2.9" fill="var(--n2)" />
      </svg>
      <span>织网</span>
    </Link>
  );
}
