// `npm start`, `npm run dev`, `npm run restart`, `npm run stop`, `npm run lab`, `npm test`, `npm run bench`,
// `npm run screenshots`: set up what is missing, then run.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { answers, end, launch, livingPid, pause, processes, say } from './processes.js';
import { node, root, SetupProblem, setUp } from './setup.js';
import { createWebs } from './webs.js';

// What all of them compile is kept: a third of the start of each (nodejs.org/api/module.html, compile cache).
process.env.NODE_COMPILE_CACHE ||= join(root, 'node_modules', '.cache', 'node');

/** How often it is looked whether the background processes live. */
const WATCH_MS = 500;

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

/** Keeps the background processes alive as long as this one is: nodes go on without them, people cannot. */
async function watchOver(all, settings, state) {
  while (!state.stopping) {
    await pause(WATCH_MS);
    for (const name of ['ptyd', 'labd']) {
      if (state.stopping || state.relaunching || livingPid(all[name])) continue;
      say(`${name} 意外结束，正在重新启动…`);
      await launch(name, all[name], settings).catch((error) => say(error.message));
    }
  }
}

/** The environment of web, in which it finds the site that was built last, and what the link to the first account is to be. */
function environmentOf(settings, dev, secret) {
  const mode = dev ? 'development' : 'production';
  const said = { NEXT_TELEMETRY_DISABLED: '1', NETLOOM_SITE: settings.site, NETLOOM_SETUP: secret };
  return { ...process.env, NODE_ENV: mode, ...said };
}

/** What is said when web serves. */
function welcome({ host }, port, setup) {
  const address = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  const first = setup
    ? `还没有教师账号。打开这个链接建第一个（24 小时内有效，只能用一次）：\n  ${address}${setup}\n`
    : '';
  say(`\n织网已经就绪：${address}\n${first}按 Ctrl-C 停止网页服务（节点和终端会保留）；npm run stop 结束一切。\n`);
}

/** labd of the present code; an earlier one may be of an earlier version. Shells do not notice when it changes. */
async function renewLabd(all, settings, state) {
  state.relaunching = true;
  try {
    await end(all.labd);
    await launch('labd', all.labd, settings);
  } finally {
    state.relaunching = false;
  }
}

/**
 * Hears `npm run restart` on a socket only root can open. The asker says which site is to be served; it is told the
 * progress in lines, and as the last one `done` or why it failed.
 */
function hearRestarts(all, settings, state, webs) {
  rmSync(all.start.socket, { force: true });
  const server = createServer((asker) => {
    // Whoever asked and left does not hear the rest.
    asker.on('error', () => undefined);
    asker.once('data', async (site) => {
      const tell = (line) => asker.write(`${line}\n`);
      const before = settings.site;
      settings.site = String(site).trim();
      const renew = () => {
        tell('▸ 重新启动 labd…');
        return renewLabd(all, settings, state);
      };
      const problem = await webs.replace(tell, renew).catch((error) => error.message);
      if (problem) settings.site = before;
      asker.end(`${problem ?? 'done'}\n`);
    });
  });
  server.listen(all.start.socket);
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
  const state = { stopping: false, relaunching: false };
  // One for all webs of this start: one that takes over keeps the link alive that was printed.
  const secret = randomBytes(32).toString('base64url');
  const webs = createWebs({
    all,
    dev,
    environment: () => environmentOf(settings, dev, secret),
    listening: (port, setup) => welcome(settings, port, setup),
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      state.stopping = true;
      if (state.serving) webs.stop(signal);
      else process.exit(0);
    });
  }
  if (!(await answers(all.ptyd.socket))) await launch('ptyd', all.ptyd, settings);
  await renewLabd(all, settings, state);
  void watchOver(all, settings, state);
  if (!dev) hearRestarts(all, settings, state, webs);
  state.serving = true;
  const code = await webs.run();
  rmSync(all.start.socket, { force: true });
  rmSync(all.start.pid, { force: true });
  process.exit(code);
}

/** The directory of the site that web serves now, as it was told when it was started. */
function servedSite(all) {
  const variables = readFileSync(`/proc/${livingPid(all.web)}/environ`, 'utf8').split('\0');
  return variables.find((line) => line.startsWith('NETLOOM_SITE='))?.split('=')[1];
}

/** Puts the present code in the place of what serves, without losing a byte of any terminal. */
async function restart() {
  const idle = '没有用 npm start 启动的织网在运行，不必重启。';
  if (!existsSync(node)) throw new SetupProblem(idle);
  const all = processes(await setUp('stop'));
  if (!(await answers(all.start.socket))) throw new SetupProblem(idle);
  const settings = await setUp('restart', servedSite(all));
  const asked = connect(all.start.socket);
  asked.write(`${settings.site}\n`);
  const lines = createInterface({ input: asked });
  let last;
  for await (const line of lines) {
    if (last !== undefined) say(last);
    last = line;
  }
  if (last !== 'done') throw new SetupProblem(last ?? '织网在重新启动时意外结束了：用 npm start 启动。');
  say('✓ 新版本已经在服务，终端和节点都没有中断。');
}

async function stop() {
  if (!existsSync(node)) return say('织网没有在运行。');
  const settings = await setUp('stop');
  const all = processes(settings);
  const { start: first, web, reserve, pages, otherPages, labd } = all;
  for (const which of [first, web, reserve, pages, otherPages, labd]) await end(which);
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

/** Commands that are programs of their own, with browser and all. */
const programs = {
  test: 'e2e/run.ts',
  'test:labs': 'e2e/labs.ts',
  'test:faults': 'e2e/faults.ts',
  bench: 'e2e/bench.ts',
  screenshots: 'e2e/screenshots.ts',
};

const [command = 'start', ...rest] = process.argv.slice(2);
try {
  if (command === 'start') await start(false);
  else if (command === 'dev') await start(true);
  else if (command === 'restart') await restart();
  else if (command === 'stop') await stop();
  else if (command === 'lab' && rest[0] === 'doctor' && !existsSync(node)) {
    // On a machine where nothing is set up yet, what is missing is just what one wants to know.
    const { examine, wordsOf } = await import('./machine.js');
    for (const line of examine(root)) say(wordsOf(line));
  } else if (command === 'lab') {
    if (rest[0] !== 'doctor') await setUp('lab');
    become(['server/cli.ts', ...rest]);
  } else if (Object.hasOwn(programs, command)) {
    await setUp(command === 'test:labs' ? 'labs' : 'test');
    become([programs[command], ...rest]);
  } else throw new SetupProblem(`不认识的命令：${command}`);
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  say(`\n${error.message}`);
  process.exit(1);
}
