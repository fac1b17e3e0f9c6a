import type { IncomingMessage } from 'node:http';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Refusal } from './answer.ts';
import type { Classroom } from './classroom.ts';
import { tokenOf } from './cookie.ts';
import { FILE_MAX_BYTES, type Files, FileTrouble } from './files.ts';
import type { Guides } from './guides.ts';
import type { Owned, Sessions } from './sessions.ts';

/** Files of one person that come or go within a minute; each is a few processes in a node. */
const FILES_PER_MINUTE = 30;

interface Setting {
  Bindings: { incoming: IncomingMessage };
  Variables: { owned: Owned };
}

/** The last part of a path as the name a browser saves it under (RFC 6266, RFC 8187). */
function dispositionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `attachment; filename*=UTF-8''${encoded}`;
}

/** `/:lab/:node?path=`: PUT brings a file to one's own node, GET fetches one. What goes wrong is `{ message }`. */
export function fileRoutes(options: {
  classroom: Pick<Classroom, 'personOf'>;
  sessions: Pick<Sessions, 'of' | 'touch'>;
  guides: Pick<Guides, 'demand'>;
  files: Files;
  allowed(request: IncomingMessage): boolean;
  fault(error: unknown, what: string): void;
}): Hono<Setting> {
  const limiter = new RateLimiterMemory({ points: FILES_PER_MINUTE, duration: 60 });
  const routes = new Hono<Setting>();
  /** Refuses before the body has been read, so that the connection is of no more use (RFC 9112, 9.3). */
  const refuse = (context: Context, status: 401 | 403 | 404 | 409 | 413 | 429, message: string) => {
    if (context.req.method === 'PUT') context.header('Connection', 'close');
    return context.json({ message }, status);
  };

  routes.use('/:lab/:node', async (context, next) => {
    const { incoming: request } = context.env;
    // GET and HEAD come without Origin, but every browser of today says whose page asks (Fetch Metadata).
    const site = request.headers['sec-fetch-site'] ?? 'none';
    if (!options.allowed(request) || (site !== 'same-origin' && site !== 'none')) {
      return refuse(context, 403, '请从实验页面上传和下载文件。');
    }
    const token = tokenOf(request.headers.cookie);
    const person = token ? await options.classroom.personOf(token) : undefined;
    if (!person) return refuse(context, 401, '请先打开实验页面。');
    const granted = await limiter.consume(person).then(
      () => true,
      () => false,
    );
    if (!granted) return refuse(context, 429, '太频繁了，请一分钟后再试。');
    const owned = await options.sessions.of(person, context.req.param('lab'));
    if (!owned.session.nodes().includes(context.req.param('node'))) return refuse(context, 404, '没有这个节点。');
    if (owned.session.status() !== 'ready') return refuse(context, 409, '节点还没有准备好。');
    // A file that comes is work on the node; one that is fetched is not.
    if (context.req.method === 'PUT') await options.guides.demand(owned, 'type');
    options.sessions.touch(owned);
    context.set('owned', owned);
    return next();
  });
  routes.put(
    '/:lab/:node',
    bodyLimit({
      maxSize: FILE_MAX_BYTES,
      onError: (context) => refuse(context, 413, '文件超过 1 MiB，太大了。'),
    }),
    async (context) => {
      const bytes = Buffer.from(await context.req.arrayBuffer());
      const { id } = context.get('owned').session;
      await options.files.put(id, context.req.param('node'), context.req.query('path') ?? '', bytes);
      return context.body(null, 204);
    },
  );
  routes.get('/:lab/:node', async (context) => {
    const path = context.req.query('path') ?? '';
    const bytes = await options.files.get(context.get('owned').session.id, context.req.param('node'), path);
    return context.body(new Uint8Array(bytes), 200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': dispositionOf(path),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
  });
  routes.onError((error, context) => {
    if (error instanceof FileTrouble) return context.json({ message: error.message }, error.status);
    if (error instanceof Refusal && error.code === 'paused') return refuse(context, 409, '老师暂停了实验。');
    if (error instanceof Refusal && error.code === 'closed') return refuse(context, 409, '老师关闭了这个实验。');
    if (error instanceof Refusal) return refuse(context, 404, '没有这个实验。');
    options.fault(error, 'a file');
    return context.json({ message: '服务暂时有问题，请稍后再试。' }, 503);
  });
  return routes;
}
