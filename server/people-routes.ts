import type { IncomingMessage } from 'node:http';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Refusal } from './answer.ts';
import type { Classroom } from './classroom.ts';
import { clearedCookie, cookieFor, keptForm, tokenOf } from './cookie.ts';
import type { Browser } from './identity.ts';
import type { People } from './people.ts';

/** Four short fields, in Chinese as it is encoded. */
const FORM_MAX_BYTES = 4_096;
/** So much of one field is shown again. */
const FIELD_MAX_CHARS = 60;

const FORMS = /^\/(?:sign-in|sign-out|join|password|setup\/[A-Za-z0-9_-]{1,64})$/;

interface Setting {
  Bindings: { incoming: IncomingMessage };
}

/** Whether a POST to this path is one of these forms. */
export function isPeopleForm(path: string): boolean {
  return FORMS.test(path);
}

/** The forms by which a browser becomes somebody: plain POSTs, answered by a redirect, back to the form with `?error=`. */
export function peopleRoutes(options: {
  people: Pick<People, 'accounts' | 'joining' | 'identity'>;
  classroom: Pick<Classroom, 'personOf'>;
  allowed(request: IncomingMessage): boolean;
  isSecure(request: IncomingMessage): boolean;
  fault(error: unknown, what: string): void;
}): Hono<Setting> {
  const { accounts, joining, identity } = options.people;
  const routes = new Hono<Setting>();

  async function browserOf(request: IncomingMessage): Promise<Browser | undefined> {
    const token = tokenOf(request.headers.cookie);
    const person = token && (await options.classroom.personOf(token));
    return person ? { person, token } : undefined;
  }

  async function asked(context: Context<Setting>) {
    const { incoming: request } = context.env;
    const body = await context.req.parseBody();
    const field = (name: string) => {
      const value = body[name];
      return typeof value === 'string' ? value : '';
    };
    const address = request.socket.remoteAddress ?? 'unknown';
    return { field, from: { address, browser: await browserOf(request) } };
  }

  /** What was typed, but for passwords, is in the form again when it comes back. */
  function back(context: Context<Setting>, path: string, trouble: string, fields: Record<string, string> = {}) {
    const short = Object.entries(fields).map(([name, value]) => [name, value.slice(0, FIELD_MAX_CHARS)]);
    if (short.length > 0) context.header('Set-Cookie', keptForm(Object.fromEntries(short), path), { append: true });
    return context.redirect(`${path}?error=${trouble}`, 303);
  }

  function become(context: Context<Setting>, token: string | undefined): void {
    if (!token) return;
    context.header('Set-Cookie', cookieFor(token, options.isSecure(context.env.incoming)), { append: true });
  }

  routes.use('*', bodyLimit({ maxSize: FORM_MAX_BYTES }), (context, next) => {
    context.header('Cache-Control', 'no-store');
    return options.allowed(context.env.incoming) ? next() : Promise.resolve(context.text('forbidden', 403));
  });
  routes.post('/sign-in', async (context) => {
    const { field, from } = await asked(context);
    const login = field('login');
    const done = await accounts.signIn(from, login, field('password'));
    if ('trouble' in done) return back(context, '/sign-in', done.trouble, { login });
    become(context, done.token);
    return context.redirect('/class', 303);
  });
  routes.post('/sign-out', async (context) => {
    const { from } = await asked(context);
    if (from.browser) await identity.leave(from.browser);
    context.header('Set-Cookie', clearedCookie(options.isSecure(context.env.incoming)));
    return context.redirect('/', 303);
  });
  routes.post('/join', async (context) => {
    const { field, from } = await asked(context);
    const typed = { code: field('code'), studentNo: field('studentNo'), name: field('name') };
    const done = await joining.join(from, { ...typed, password: field('password') });
    if ('trouble' in done) return back(context, '/join', done.trouble, typed);
    become(context, done.token);
    return context.redirect('/', 303);
  });
  routes.post('/setup/:secret', async (context) => {
    const { field, from } = await asked(context);
    const secret = context.req.param('secret');
    const typed = { name: field('name'), login: field('login') };
    const given = field('with') === 'account' ? undefined : { ...typed, password: field('password') };
    const done = await accounts.setUp(from, secret, given);
    if ('trouble' in done) return back(context, `/setup/${secret}`, done.trouble, given ? typed : {});
    become(context, done.token);
    return context.redirect(done.class ? `/class/${done.class}` : '/class', 303);
  });
  routes.post('/password', async (context) => {
    const { field, from } = await asked(context);
    const done = await accounts.changePassword(from, field('was'), field('password'));
    return done.trouble ? back(context, '/password', done.trouble) : context.redirect('/password?done=1', 303);
  });
  routes.onError((error, context) => {
    const { pathname } = new URL(context.req.url);
    // Hono's own refusals, such as a body that is too large.
    if ('getResponse' in error) return (error as { getResponse(): Response }).getResponse();
    if (error instanceof Refusal) return context.redirect(`${pathname}?error=busy`, 303);
    options.fault(error, `the form ${pathname.split('/')[1]}`);
    return context.redirect(`${pathname}?error=internal`, 303);
  });
  return routes;
}
