/** The cookie that makes a browser a person. */
const NAME = 'netloom';
/** Chrome's own limit (RFC 6265bis §5.5): 400 days. */
const MAX_AGE_S = 400 * 24 * 3600;

/** The token in a Cookie header, or undefined; what does not look like a token of ours is none. */
export function tokenOf(header: string | undefined): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === NAME && value && /^[A-Za-z0-9_-]{43}$/.test(value)) return value;
  }
  return undefined;
}

/** A Set-Cookie header for a token. `secure` when the browser came over HTTPS. */
export function cookieFor(token: string, secure: boolean): string {
  return `${NAME}=${token}; Path=/; Max-Age=${MAX_AGE_S}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** A Set-Cookie header that takes the token away. */
export function clearedCookie(secure: boolean): string {
  return `${NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** What was typed into a form that comes back, for the page that shows it again (app/form.ts); gone soon. */
const FORM_NAME = 'netloom-form';
const FORM_AGE_S = 60;

/** A Set-Cookie header that keeps a form's fields for one page. */
export function keptForm(fields: Record<string, string>, path: string): string {
  const text = Buffer.from(JSON.stringify(fields)).toString('base64url');
  return `${FORM_NAME}=${text}; Path=${path}; Max-Age=${FORM_AGE_S}; HttpOnly; SameSite=Lax`;
}
