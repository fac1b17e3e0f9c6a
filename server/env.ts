import { join, resolve } from 'node:path';
import { z } from 'zod';

/** The settings of a deployment, read from the environment. README.md lists them in one table, made from this one. */
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

export const settings = z.object({
  PORT: whole(1, 65_535).default(3000).describe('网页的端口'),
  HOST: z.string().min(1).default('127.0.0.1').describe('监听的地址；给一个班级用时写 0.0.0.0'),
  NETLOOM_DATA: z.string().min(1).default('var').describe('镜像、会话和成绩放在哪里'),
  NETLOOM_IMAGE: z.string().default('').describe('节点镜像的目录；空着就用 NETLOOM_DATA/image，几个实例可以共用一份'),
  NETLOOM_IMAGE_SUITE: z
    .string()
    .regex(/^[a-z]+$/)
    .default('bookworm')
    .describe('节点镜像的发行版：Debian 或 Ubuntu 的代号'),
  NETLOOM_IMAGE_MIRROR: z.string().default('').describe('制作镜像用的软件源；空着就用这台机器自己的'),
  NETLOOM_RUNTIME: z
    .enum(['container', 'vm', 'ssh'])
    .default('container')
    .describe('节点用什么做：container 容器，vm 虚拟机，ssh 自己的机器；lab.yaml 里写了 runtime 的实验以它为准'),
  NETLOOM_HOSTS: z
    .string()
    .default('')
    .describe('登记自己机器的文件，见 docs/authoring.md；空着就用 NETLOOM_DATA/hosts.yaml'),
  NETLOOM_CONTENT: z.string().min(1).default('content/labs').describe('实验放在哪里'),
  NETLOOM_SITE: z
    .string()
    .min(1)
    .default('.next')
    .describe('编译好的网页放在哪里（相对项目目录）；名字加 -2 的另一个目录与它轮换'),
  NETLOOM_ORIGINS: z.string().default('').describe('除本机地址外允许的来源，逗号分隔，如 https://lab.example.edu'),
  NETLOOM_SESSIONS: whole(1, 1_000).default(80).describe('同时存在的实验会话数上限'),
  NETLOOM_POOL: whole(0, 200)
    .default(2)
    .describe('每种节点预先备好几份，学员一点就能用；每份占约 12 MB 内存，0 表示不备'),
  NETLOOM_IDLE_MINUTES: whole(5, 10_080).default(240).describe('没有人操作的节点保留多久（分钟）'),
  NETLOOM_RECORDING_MB: whole(0, 1_000_000)
    .default(1_024)
    .describe('终端录像最多占多少 MB，满了先删最旧的；0 表示不录'),
  NETLOOM_SSH_PORT: whole(0, 65_535).default(0).describe('学员用自己的 ssh 登录节点的端口，如 2222；0 表示关闭'),
  NETLOOM_METRICS_TOKEN: z
    .string()
    .regex(/^(?:[\x21-\x7e]{16,200})?$/, '要 16 到 200 个字符，不含空格和中文')
    .default('')
    .describe('从别的机器读 /metrics 时要出示的令牌（Authorization: Bearer …）；空着就只有本机能读'),
  NETLOOM_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('日志的详细程度'),
});

/** The parsed settings, with paths made absolute. */
export interface Env {
  port: number;
  host: string;
  /** The project's own folder. */
  root: string;
  data: string;
  image: string;
  imageSuite: string;
  imageMirror: string;
  /** Of labs that do not say. */
  runtime: 'container' | 'vm' | 'ssh';
  /** Where people's own machines are named. */
  hosts: string;
  content: string;
  site: string;
  origins: string[];
  sessionsMax: number;
  /** How many sessions of each lab stand ready before anybody asks. */
  pool: number;
  idleMs: number;
  /** The most that recordings of terminals may take, bytes; 0 for none. */
  recordingBytes: number;
  /** 0 for none. */
  sshPort: number;
  /** The secret of the link by which the first account is made, from start.js; empty without one. */
  setup: string;
  /** With which `/metrics` may be read from elsewhere; empty for nobody. */
  metricsToken: string;
  log: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  dev: boolean;
}

/** Sockets live in NETLOOM_DATA/run; sun_path holds 108 bytes (unix(7)). */
const SOCKET_NAME_MAX = '/run/control.sock'.length + 1;
const SUN_PATH_BYTES = 108;

/** Where the seams' sockets are. */
export function socketPath(data: string, name: 'control' | 'attach' | 'labd' | 'pages'): string {
  return join(data, 'run', `${name}.sock`);
}

/** Where results, people and classes are kept. */
export function storePath(data: string): string {
  return join(data, 'store', 'netloom.db');
}

/** Where ptyd records terminals, and web finds what it recorded: `<session>/<node>.<terminal>.cast`. */
export function recordingsPath(data: string): string {
  return join(data, 'recordings');
}

/** Parses the environment; throws an Error that names every setting that is wrong and why. */
export function readEnv(environment: Record<string, string | undefined>): Env {
  const parsed = settings.safeParse(environment, { error: z.locales.zhCN().localeError });
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}：${issue.message}`);
    throw new Error(`环境变量有误，请改正后再启动：\n${lines.join('\n')}`);
  }
  const values = parsed.data;
  const root = resolve(import.meta.dirname, '..');
  const data = resolve(root, values.NETLOOM_DATA);
  if (Buffer.byteLength(data) + SOCKET_NAME_MAX > SUN_PATH_BYTES) {
    throw new Error(`NETLOOM_DATA 的路径太长（${data}）：请换一个 ${SUN_PATH_BYTES - SOCKET_NAME_MAX} 字节以内的目录`);
  }
  return {
    port: values.PORT,
    host: values.HOST,
    root,
    data,
    image: values.NETLOOM_IMAGE ? resolve(root, values.NETLOOM_IMAGE) : join(data, 'image'),
    imageSuite: values.NETLOOM_IMAGE_SUITE,
    imageMirror: values.NETLOOM_IMAGE_MIRROR,
    runtime: values.NETLOOM_RUNTIME,
    hosts: values.NETLOOM_HOSTS ? resolve(root, values.NETLOOM_HOSTS) : join(data, 'hosts.yaml'),
    content: resolve(root, values.NETLOOM_CONTENT),
    site: values.NETLOOM_SITE,
    origins: values.NETLOOM_ORIGINS.split(',')
      .map((origin) => origin.trim())
      .filter(Boolean),
    sessionsMax: values.NETLOOM_SESSIONS,
    pool: values.NETLOOM_POOL,
    idleMs: values.NETLOOM_IDLE_MINUTES * 60_000,
    recordingBytes: values.NETLOOM_RECORDING_MB * 1_048_576,
    sshPort: values.NETLOOM_SSH_PORT,
    setup: /^[\w-]{43}$/.exec(environment.NETLOOM_SETUP ?? '')?.[0] ?? '',
    metricsToken: values.NETLOOM_METRICS_TOKEN,
    log: values.NETLOOM_LOG,
    dev: environment.NODE_ENV === 'development',
  };
}
