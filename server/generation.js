// A web and the pages behind it, of one version of the code: a web that is killed finds its pages alive, and the other way
// round. Plain JavaScript, as start.js.
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { CARRIER, pause, say } from './processes.js';
import { node, root } from './setup.js';

/** Pages that end without having answered are started again so often in a row at once, and then after a rest. */
const PAGES_TRIES = 5;
const PAGES_PAUSE_MS = 500;
const PAGES_REST_MS = 30_000;

/** Starts a process that ends when this one does. */
function launchChild(args, env) {
  // Next tells on stdout how long its settings took, at each start; what matters is said on stderr.
  const stdout = env.NODE_ENV === 'development' ? 'inherit' : 'ignore';
  const child = spawn(node, args, { cwd: root, stdio: ['inherit', stdout, 'inherit', 'ipc'], env });
  const gone = new Promise((done) => {
    child.once('exit', (code, signal) => done({ code, signal }));
    // It could not even be started, or was told something after its end.
    child.on('error', () => done({ code: 1, signal: null }));
  });
  return {
    pid: child.pid,
    gone,
    /** What it tells under this name, or undefined when it ends before. */
    told: (name) =>
      new Promise((done) => {
        child.on('message', (message) => name in message && done(message[name]));
        void gone.then(() => done(undefined));
      }),
    send: (word) => child.send(word),
    end: (signal) => child.kill(signal),
  };
}

/** Starts the pages `which` with the environment `env`, and keeps them alive until `end`. */
export function createGeneration({ which, web: { entry }, env }) {
  let ending = false;
  let child;

  function launchPages() {
    child = launchChild([which.entry, which.socket], env);
    writeFileSync(which.pid, String(child.pid));
    return { ...child, answers: child.told('listening').then(Boolean) };
  }

  async function keep(first) {
    let pages = first;
    for (let failures = 0; ; pages = launchPages()) {
      const answered = await pages.answers;
      const { code, signal } = await pages.gone;
      rmSync(which.pid, { force: true });
      failures = answered ? 0 : failures + 1;
      if (ending) return;
      say(`页面服务意外结束（${signal ?? `退出码 ${code}`}），正在重新启动…`);
      if (failures > 0) await pause(failures > PAGES_TRIES ? PAGES_REST_MS : PAGES_PAUSE_MS);
      if (ending) return;
    }
  }

  const first = launchPages();
  // What never came up has said why; starting it again would not help.
  void first.answers.then((up) => up && keep(first));

  return {
    which,
    /** Whether the pages came up at first. */
    answers: first.answers,
    /** Starts a web in front of these pages. It prepares itself and then waits for `go`. */
    launchWeb() {
      const web = launchChild([CARRIER, entry, which.socket], env);
      return {
        ...web,
        prepared: web.told('prepared'),
        setup: web.told('setup'),
        port: web.told('port'),
        go: () => web.send('go'),
      };
    },
    /** Ends the pages. */
    end(signal) {
      ending = true;
      child.end(signal);
    },
  };
}
