import type { IncomingMessage } from 'node:http';
import { type Context, Hono } from 'hono';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Lab } from '../content/lab.ts';
import { Refusal } from './answer.ts';
import type { Authority } from './authority.ts';
import type { Classroom } from './classroom.ts';
import { tokenOf } from './cookie.ts';
import { type Format, fileTypes, writeGrades } from './grades/exports.ts';
import { readGrades } from './grades/gradebook.ts';
import { TIME_ZONE_OFFSET_MS } from './grades/words.ts';
import type { Recordings } from './recordings.ts';
import { byNumber } from './roster.ts';
import { classId, lab as labId, learner, terminal } from './shapes.ts';
import type { Store } from './store/store.ts';

/** Exports of one person within a minute: each reads a class and writes an entry of the audit. */
const EXPORTS_PER_MINUTE = 30;
/** Recordings of one person within a minute: up to 4 MiB each. */
const RECORDINGS_PER_MINUTE = 60;

/** What may be asked for under `/exports/<class>/`. */
const FILES: Record<string, Format> = {
  'grades.xlsx': 'xlsx',
  'grades.csv': 'csv',
  'grades.json': 'json',
  'grades.xml': 'junit',
  'nbgrader.csv': 'nbgrader',
  'moodle.csv': 'moodle',
};

interface Setting {
  Bindings: { incoming: IncomingMessage };
  Variables: { person: string };
}

/** What the record routes are made of. */
export interface RecordRouteParts {
  classroom: Pick<Classroom, 'personOf'>;
  authority: Pick<Authority, 'demand'>;
  store: Store;
  recordings: Pick<Recordings, 'read'>;
  labs(): Lab[];
  now(): number;
  allowed(request: IncomingMessage): boolean;
  fault(error: unknown, what: string): void;
}

const sentences = {
  'not-yours': [403, '你没有权限下载它。请用教师的账号登录后再试。'],
  'not-found': [404, '没有找到要下载的内容，它可能已经被删除。'],
  'too-fast': [429, '下载太频繁了，请一分钟后再试。'],
  elsewhere: [403, '请从织网的页面上下载。'],
  internal: [503, '服务暂时有问题，请稍后再试。'],
} as const;

/** Grades and recordings as files: `/exports/:class/:file?lab=` and `/recordings/:class/:learner/:lab/:recording`. */
export function recordRoutes(parts: RecordRouteParts): { exports: Hono<Setting>; recordings: Hono<Setting> } {
  const { store, authority } = parts;

  function refuse(context: Context, code: keyof typeof sentences) {
    const [status, sentence] = sentences[code];
    return context.text(`${sentence}\n`, status, { 'Cache-Control': 'no-store' });
  }

  /** Who asks, and how often; what they may is asked by each route. */
  function guarded(perMinute: number): Hono<Setting> {
    const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
    const routes = new Hono<Setting>();
    routes.use('*', async (context, next) => {
      const { incoming: request } = context.env;
      // GET comes without Origin, but every browser of today says whose page asks (Fetch Metadata).
      const site = request.headers['sec-fetch-site'] ?? 'none';
      if (!parts.allowed(request) || (site !== 'same-origin' && site !== 'none')) return refuse(context, 'elsewhere');
      const token = tokenOf(request.headers.cookie);
      const person = token ? await parts.classroom.personOf(token) : undefined;
      if (!person) return refuse(context, 'not-yours');
      const granted = await limiter.consume(person).then(
        () => true,
        () => false,
      );
      if (!granted) return refuse(context, 'too-fast');
      context.set('person', person);
      return next();
    });
    routes.notFound((context) => refuse(context, 'not-found'));
    routes.onError((error, context) => {
      if (error instanceof Refusal) return refuse(context, error.code === 'not-yours' ? 'not-yours' : 'not-found');
      parts.fault(error, 'a download');
      return refuse(context, 'internal');
    });
    return routes;
  }

  const exports = guarded(EXPORTS_PER_MINUTE);
  exports.get('/:class/:file', async (context) => {
    const { class: asked, file } = context.req.param();
    const id = named(classId, asked);
    const format = Object.hasOwn(FILES, file) ? FILES[file] : undefined;
    const wanted = context.req.query('lab') || undefined;
    await authority.demand(context.get('person'), 'run', { class: id });
    const group = await store.classes.find(id);
    const labs = parts.labs().filter((each) => wanted === undefined || each.id === wanted);
    if (!group || !format || labs.length === 0) return refuse(context, 'not-found');
    const learners = (await store.classes.members(id)).sort(byNumber);
    const now = parts.now();
    const bytes = await writeGrades(format, group, await readGrades(store, labs, learners, id), now);
    // Before it goes out: what is not written down does not leave.
    await store.audit.note({
      ...{ class: id, actor: context.get('person'), action: 'grades:export', at: now },
      detail: { format, lab: wanted ?? null, learners: learners.length },
    });
    const { type, extension } = fileTypes[format];
    const day = new Date(now + TIME_ZONE_OFFSET_MS).toISOString().slice(0, 'YYYY-MM-DD'.length);
    const [only] = wanted === undefined ? [] : labs;
    const profile = format === 'nbgrader' || format === 'moodle' ? [format] : [];
    const name = [group.name, ...(only ? [only.file.title] : []), '成绩', ...profile, day].join('-');
    return context.body(typeof bytes === 'string' ? bytes : new Uint8Array(bytes), 200, {
      'Content-Type': type,
      'Content-Disposition': dispositionOf(`${name}.${extension}`),
      'Cache-Control': 'no-store',
    });
  });

  const recordings = guarded(RECORDINGS_PER_MINUTE);
  recordings.get('/:class/:learner/:lab/:recording', async (context) => {
    const asked = context.req.param();
    const person = named(learner, asked.learner);
    await authority.demand(context.get('person'), 'see', { class: named(classId, asked.class), learner: person });
    const found = await parts.recordings.read(person, named(labId, asked.lab), named(terminal, asked.recording));
    if (!found) return refuse(context, 'not-found');
    return context.body(found.stream, 200, {
      'Content-Type': 'application/x-asciicast',
      'Content-Length': String(found.bytes),
      'Cache-Control': 'no-store',
    });
  });
  return { exports, recordings };
}

/** What a path names, or a refusal: what looks otherwise is nothing of ours. */
function named(shape: { safeParse(text: string): { success: boolean; data?: string } }, text: string): string {
  const { data } = shape.safeParse(text);
  if (data === undefined) throw new Refusal('not-found');
  return data;
}

/** A file's name for the browser (RFC 6266, RFC 8187); what no file system takes is left out. */
function dispositionOf(name: string): string {
  const plain = name.replaceAll(/[\p{Cc}\\/:*?"<>|]+/gu, ' ').toWellFormed();
  const encoded = encodeURIComponent(plain).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `attachment; filename*=UTF-8''${encoded}`;
}
