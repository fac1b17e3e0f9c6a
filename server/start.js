// `npm start`, `npm run dev`, `npm run stop`, `npm run lab`, `npm test`, `npm run screenshots`: set up what is missing, then run.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { node, root, SetupProblem, setUp } from './setup.js';

/** How long a background process may take until it answers on its socket. */
const ANSWER_WAIT_MS = 10_000;
const POLL_MS = 50;
/** How often it is looked whether the background processes live. */
const WATCH_MS = 500;
/** web is started again so often in a row without coming up, with this pause between. */
const WEB_TRIES = 5;
const WEB_PAUSE_MS = 500;
/** How long a process may take to end when asked. */
const STOP_WAIT_MS = 5_000;

function say(text) {
  process.stderr.write(`${text}\n`);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The background processes: their entry, the socket they answer on. */
function processes(settings) {
  const run = join(settings.data, 'run');
  return {
    ptyd: { entry: 'server/ptyd/index.ts', socket: join(run, 'attach.sock'), pid: join(run, 'ptyd.pid') },
    labd: { entry: 'server/labd/index.ts', socket: join(run, 'labd.sock'), pid: join(run, 'labd.pid') },
    web: { entry: 'server/index.ts', pid: join(run, 'web.pid') },
    start: { entry: 'server/start.js', pid: join(run, 'start.pid') },
  };
}

function answers(socket) {
  return new Promise((done) => {
    const attempt = connect(socket);
    attempt.once('connect', () => {
      attempt.destroy();
      done(true);
    });
    attempt.once('error', () => done(false));
  });
}

/** Says so when the port cannot be listened on, before anything is started for it. */
function mustBeFree(host, port) {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', (error) => {
      const why = error.code === 'EADDRINUSE' ? `端口 ${port} 已被占用` : `无法监听 ${host}:${port}（${error.code}）`;
      failed(new SetupProblem(`${why}：换一个再启动，例如 PORT=${port + 1} npm start`));
    });
    server.listen(port, host, () => server.close(() => done()));
  });
}

/** The living process of a pid file, or undefined; a reused number is told by its command line. */
function livingPid({ pid, entry }) {
  if (!existsSync(pid)) return undefined;
  const number = Number(readFileSync(pid, 'utf8'));
  try {
    const command = readFileSync(`/proc/${number}/cmdline`, 'utf8');
    return command.includes(entry) ? number : undefined;
  } catch {
    return undefined;
  }
}

async function end(which, signal = 'SIGTERM') {
  const number = livingPid(which);
  if (!number) return;
  process.kill(number, signal);
  const deadline = Date.now() + STOP_WAIT_MS;
  while (livingPid(which) && Date.now() < deadline) await pause(POLL_MS);
  if (livingPid(which)) process.kill(number, 'SIGKILL');
}

/** Starts a background process that outlives this one; its words go to a log file. */
async function launch(name, which, settings) {
  mkdirSync(join(settings.data, 'log'), { recursive: true });
  mkdirSync(join(settings.data, 'run'), { recursive: true, mode: 0o700 });
  const log = openSync(join(settings.data, 'log', `${name}.log`), 'a');
  const child = spawn(node, [which.entry], {
    cwd: root,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, NODE_ENV: process.env.NODE_ENV ?? 'production' },
  });
  closeSync(log);
  child.unref();
  writeFileSync(which.pid, String(child.pid));
  const deadline = Date.now() + ANSWER_WAIT_MS;
  while (!(await answers(which.socket))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new SetupProblem(`${name} 没有启动成功，原因见 ${join(settings.data, 'log', `${name}.log`)} 的末尾。`);
    }
    await pause(POLL_MS);
  }
  return child;
}

/** Keeps the background processes alive as long as this one is: nodes go on without them, people cannot. */
async function watchOver(all, settings, state) {
  while (!state.stopping) {
    await pause(WATCH_MS);
    for (const name of ['ptyd', 'labd']) {
      if (state.stopping || livingPid(all[name])) continue;
      say(`${name} 意外结束，正在重新启动…`);
      await launch(name, all[name], settings).catch((error) => say(error.message));
    }
  }
}

/** Runs web in the foreground; ends with its exit code. A web that is killed is started again. */
function runWeb(all, settings, state, dev) {
  let ready = false;
  const child = spawn(node, [all.web.entry], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: dev ? 'development' : 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  state.web = child;
  writeFileSync(all.web.pid, String(child.pid));
  child.on('message', (message) => {
    ready = true;
    if (!state.announced)
      say(
        `\n织网已经就绪：http://${settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host}:${message.port}\n按 Ctrl-C 停止网页服务（节点和终端会保留）；npm run stop 结束一切。\n`,
      );
    state.announced = true;
  });
  child.once('exit', async (code, signal) => {
    rmSync(all.web.pid, { force: true });
    state.failures = ready ? 0 : state.failures + 1;
    // What never came up has said why; starting it again would not help.
    if (state.stopping || !state.announced || code === 0 || state.failures > WEB_TRIES) {
      rmSync(all.start.pid, { force: true });
      process.exit(state.stopping ? 0 : (code ?? 1));
    }
    say(`网页服务意外结束（${signal ?? `退出码 ${code}`}），正在重新启动…`);
    if (!ready) await pause(WEB_PAUSE_MS);
    if (state.stopping) process.exit(0);
    runWeb(all, settings, state, dev);
  });
}

async function start(dev) {
  const settings = await setUp(dev ? 'dev' : 'run');
  const all = processes(settings);
  if (livingPid(all.start)) {
    throw new SetupProblem(
      `这个目录（${settings.data}）里的织网已经在运行；要同时运行两份，请给另一份不同的 PORT 和 NETLOOM_DATA。`,
    );
  }
  await mustBeFree(settings.host, settings.port);
  mkdirSync(join(settings.data, 'run'), { recursive: true, mode: 0o700 });
  writeFileSync(all.start.pid, String(process.pid));
  const state = { stopping: false, announced: false, failures: 0 };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      state.stopping = true;
      if (state.web) state.web.kill(signal);
      else process.exit(0);
    });
  }
  if (!(await answers(all.ptyd.socket))) await launch('ptyd', all.ptyd, settings);
  // A labd of an earlier start may be of an earlier version; shells do not notice when it changes.
  await end(all.labd);
  await launch('labd', all.labd, settings);
  void watchOver(all, settings, state);
  runWeb(all, settings, state, dev);
}

async function stop() {
  if (!existsSync(node)) return say('织网没有在运行。');
  const settings = await setUp('stop');
  const all = processes(settings);
  for (const which of [all.start, all.web, all.labd]) await end(which);
  const swept = spawnSync(node, ['server/cli.ts', 'clear'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  await end(all.ptyd);
  for (const { pid } of Object.values(all)) rmSync(pid, { force: true });
  if (swept.status !== 0) throw new SetupProblem('有节点没有清理干净，原因见上；可以再运行一次 npm run stop。');
  say('织网已经停止，节点和终端都已结束；成绩还在。');
}

/** Runs a program of the project and ends as it ends. */
function become(args) {
  const child = spawn(node, args, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code) => process.exit(code ?? 1));
}

const [command = 'start', ...rest] = process.argv.slice(2);
try {
  if (command === 'start') await start(false);
  else if (command === 'dev') await start(true);
  else if (command === 'stop') await stop();
  else if (command === 'lab' && rest[0] === 'doctor' && !existsSync(node)) {
    // On a machine where nothing is set up yet, what is missing is just what one wants to know.
    const { examine, wordsOf } = await import('./machine.js');
    for (const line of examine(root)) say(wordsOf(line));
  } else if (command === 'lab') {
    if (rest[0] !== 'doctor') await setUp('lab');
    become(['server/cli.ts', ...rest]);
  } else if (command === 'test' || command === 'screenshots') {
    await setUp('test');
    become([command === 'test' ? 'e2e/run.ts' : 'e2e/screenshots.ts', ...rest]);
  } else throw new SetupProblem(`不认识的命令：${command}`);
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  say(`\n${error.message}`);
  process.exit(1);
}
