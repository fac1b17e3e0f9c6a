import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Assets } from './assets.ts';
import type { Classroom } from './classroom.ts';
import { cookieFor, tokenOf } from './cookie.ts';
import { fileRoutes } from './file-routes.ts';
import type { Files } from './files.ts';
import type { Guides } from './guides.ts';
import { HOLD_HEADER } from './hold.ts';
import type { Metrics } from './metrics.ts';
import type { People } from './people.ts';
import { isPeopleForm, peopleRoutes } from './people-routes.ts';
import { type RecordRouteParts, recordRoutes } from './record-routes.ts';
import type { Sessions } from './sessions.ts';

/** Wrong codes from one address within ten minutes. */
const RESUME_TRIES = 10;
const RESUME_WINDOW_S = 600;
/** New guests from one address within an hour: a computer room behind one address has at most a few hundred. */
const GUESTS_PER_HOUR = 2_000;
/** A form with one short field. */
const FORM_MAX_BYTES = 1_024;

/** The address of a lab or a step, and one that no page has. */
const LAB_ADDRESS = /^\/labs\/([^/?]+)(?:\/([^/?]+))?\/?(?:\?|$)/;
const NOWHERE = '/nowhere';

/** Where recordings are played: the player brings its terminal as WebAssembly. */
const REPLAY_ADDRESS = /^\/class\/[^/?]+\/learners\/[^/?]+\/replay\/[^/?]+\/?(?:\?|$)/;

/** What is HTTP but not a page, and what every page needs before Next answers it. */
export interface Http {
  /** Answers the request itself, or resolves to false when it is Next's. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Whether a browser page of ours sent this request (security.md, point 10; RFC 6454). */
  allowed(request: IncomingMessage): boolean;
}

/**
 * What a page may load (CSP 3). Next reads the nonce from the request's own header and puts it on its scripts; xterm and
 * Mantine write inline styles. Hot reload evaluates strings; only where recordings are played may WebAssembly be compiled.
 */
function policyOf(nonce: string, dev: boolean, plays: boolean): string {
  const evaluated = dev ? " 'unsafe-eval'" : plays ? " 'wasm-unsafe-eval'" : '';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluated}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? 'unknown';
}

/** Makes the HTTP half of web. `origins` are allowed besides the address the browser itself asked for. */
export function createHttp(options: {
  assets: Assets;
  classroom: Classroom;
  sessions: Pick<Sessions, 'of' | 'touch'>;
  guides: Pick<Guides, 'demand'>;
  files: Files;
  people: Pick<People, 'accounts' | 'joining' | 'identity'>;
  origins: string[];
  dev: boolean;
  /** Whether there is such a lab, and such a step in it. */
  taught(lab: string, step: string | undefined): boolean;
  ready(): Promise<{ store: boolean; labd: boolean; ptyd: boolean }>;
  /** Grades and recordings as files. */
  records: Omit<RecordRouteParts, 'classroom' | 'allowed' | 'fault'>;
  metrics: Pick<Metrics, 'allows' | 'text'>;
  fault(error: unknown, what: string): void;
}): Http {
  const { classroom } = options;
  const tries = new RateLimiterMemory({ points: RESUME_TRIES, duration: RESUME_WINDOW_S });
  const guests = new RateLimiterMemory({ points: GUESTS_PER_HOUR, duration: 3600 });

  function isSecure(request: IncomingMessage): boolean {
    return options.origins.some((origin) => origin === `https://${request.headers.host}`);
  }

  function allowed(request: IncomingMessage): boolean {
    const origin = request.headers.origin;
    // Browsers send Origin with every WebSocket handshake and POST; what has none is no browser page.
    if (!origin) return true;
    if (options.origins.includes(origin)) return true;
    try {
      return new URL(origin).host === request.headers.host;
    } catch {
      return false;
    }
  }

  const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>();
  app.get('/healthz', (context) => context.text('ok'));
  app.get('/readyz', async (context) => {
    const parts = await options.ready();
    return context.json(parts, Object.values(parts).every(Boolean) ? 200 : 503);
  });
  app.get('/metrics', async (context) => {
    if (!options.metrics.allows(context.env.incoming)) return context.text('forbidden', 403);
    const { type, body } = await options.metrics.text();
    return context.body(body, 200, { 'Content-Type': type, 'Cache-Control': 'no-store' });
  });
  app.post('/resume', bodyLimit({ maxSize: FORM_MAX_BYTES }), async (context) => {
    const { incoming: request } = context.env;
    if (!allowed(request)) return context.text('forbidden', 403);
    const limited = await tries.consume(addressOf(request)).then(
      () => false,
      () => true,
    );
    if (limited) return context.redirect('/resume?error=fast', 303);
    const { code } = await context.req.parseBody();
    const token = typeof code === 'string' ? await classroom.redeem(code) : undefined;
    if (!token) return context.redirect('/resume?error=code', 303);
    // Only codes that were wrong count: a class behind one address may all move at once.
    await tries.reward(addressOf(request));
    context.header('Set-Cookie', cookieFor(token, isSecure(request)));
    return context.redirect('/', 303);
  });
  const { sessions, guides, files, fault } = options;
  app.route('/files', fileRoutes({ classroom, sessions, guides, files, allowed, fault }));
  app.route('/', peopleRoutes({ people: options.people, classroom, allowed, isSecure, fault }));
  const records = recordRoutes({ ...options.records, classroom, allowed, fault });
  app.route('/exports', records.exports);
  app.route('/recordings', records.recordings);
  const listener = getRequestListener((request, env) => app.fetch(request, env), { overrideGlobalObjects: false });

  function isOurs(request: IncomingMessage): boolean {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/healthz' || path === '/readyz' || path === '/metrics') return true;
    if (/^\/(?:files|exports|recordings)\//.test(path ?? '')) return true;
    return request.method === 'POST' && (path === '/resume' || isPeopleForm(path ?? ''));
  }

  /** A browser that opens a page for the first time becomes a guest; hands back whose a known one is. */
  async function welcome(request: IncomingMessage, response: ServerResponse): Promise<string | undefined> {
    const isPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (!isPage || request.url?.startsWith('/_next/')) return undefined;
    const token = tokenOf(request.headers.cookie);
    const person = token && (await classroom.personOf(token));
    if (person) return person;
    const granted = await guests.consume(addressOf(request)).then(
      () => true,
      () => false,
    );
    if (granted) response.setHeader('Set-Cookie', cookieFor(await classroom.welcome(), isSecure(request)));
    return undefined;
  }

  return {
    allowed,
    async handle(request, response) {
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Referrer-Policy', 'same-origin');
      response.setHeader('X-Frame-Options', 'DENY');
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      if (options.assets.serve(request, response)) return true;
      if (isOurs(request)) {
        await listener(request, response);
        return true;
      }
      // Next answers notFound() below a layout with an empty document that only a script can fill; an address it knows
      // nothing of gets the whole page.
      const place = LAB_ADDRESS.exec(request.url ?? '');
      const isTaught = place?.[1] !== undefined && options.taught(place[1], place[2]);
      if (place && !isTaught) request.url = NOWHERE;
      const nonce = randomBytes(16).toString('base64');
      const policy = policyOf(nonce, options.dev, REPLAY_ADDRESS.test(request.url ?? ''));
      request.headers['x-nonce'] = nonce;
      request.headers['content-security-policy'] = policy;
      response.setHeader('Content-Security-Policy', policy);
      delete request.headers[HOLD_HEADER];
      const person = await welcome(request, response);
      const owned = person && isTaught && place[2] ? await sessions.of(person, place[1] ?? '') : undefined;
      // Whoever has terminals is to see them before anything else of the page begins.
      if (owned?.session.status() === 'ready') request.headers[HOLD_HEADER] = nonce;
      return false;
    },
  };
}
