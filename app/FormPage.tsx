import type { ReactNode } from 'react';
import { Brand } from './Brand.tsx';
import styles from './FormPage.module.css';
import { SchemeButton } from './SchemeButton.tsx';

/** A page that is one form. It works as plain HTML: the server takes it before Next. */
export function FormPage({
  action,
  title,
  lead,
  wrong,
  submit,
  children,
  foot,
  beside,
}: {
  action: string;
  title: string;
  lead: ReactNode;
  /** Why it came back. */
  wrong: string | null;
  submit: string;
  children: ReactNode;
  foot?: ReactNode;
  /** Above the form; may hold a form of its own. */
  beside?: ReactNode;
}) {
  return (
    <FormShell>
      {beside}
      <form method="post" action={action} className={styles.card}>
        <h1>{title}</h1>
        <div className={styles.lead}>{lead}</div>
        {children}
        {wrong && (
          <p id="wrong" role="alert" className={styles.wrong}>
            {wrong}
          </p>
        )}
        <div className={styles.foot}>
          <button type="submit">{submit}</button>
          {foot}
        </div>
      </form>
    </FormShell>
  );
}

/** The bar above and the room around a form. */
export function FormShell({ children }: { children: ReactNode }) {
  return (
    <div className={styles.page}>
      <header>
        <Brand />
        <SchemeButton />
      </header>
      <main>{children}</main>
    </div>
  );
}

/** One field, with what is to be said about it. */
export function Field({
  name,
  label,
  note,
  ...input
}: {
  name: string;
  label: string;
  note?: string;
} & React.InputHTMLAttributes<HTMLInputElement>) {
  return (
    <div className={styles.field}>
      <label htmlFor={name}>{label}</label>
      <input id={name} name={name} aria-describedby={note ? `${name}-note` : undefined} {...input} />
      {note && <small id={`${name}-note`}>{note}</small>}
    </div>
  );
}
