// The web that serves and the one in reserve, which has done all that takes long. Plain JavaScript, as start.js.
import { rmSync, writeFileSync } from 'node:fs';
import { createGeneration } from './generation.js';
import { pause, say } from './processes.js';

/** web is started again so often in a row without coming up, with this pause between. */
const WEB_TRIES = 5;
const WEB_PAUSE_MS = 500;
/** A reserve that could not be prepared is tried again after this: an author may be in the middle of an edit. */
const RESERVE_AGAIN_MS = 30_000;

/**
 * Keeps one web serving, and unless `dev` another in reserve that takes over at once. `listening` hears of the port, and of where
 * the first account is made if there is none, when the first one serves and has pages behind it. `environment` is asked for at each generation: a deployment may change it.
 */
export function createWebs({ all, dev, environment, listening }) {
  /** In the order in which they are to serve. */
  const waiting = [];
  let serving;
  /** The one whose web serves, or served last; and all whose pages live. */
  let generation;
  const generations = new Set();
  let announced = false;
  let stopping = false;
  let replacing = false;

  function begin() {
    const which = generation?.which === all.pages ? all.otherPages : all.pages;
    const begun = createGeneration({ which, web: all.web, env: environment() });
    generations.add(begun);
    return begun;
  }

  function finish(ended, signal = 'SIGTERM') {
    generations.delete(ended);
    ended.end(signal);
  }

  function launchWeb(of = generation) {
    return { ...of.launchWeb(), generation: of };
  }

  async function keepReserve() {
    if (dev || stopping || waiting.length > 0) return;
    const web = launchWeb();
    waiting.push(web);
    void web.gone.then(() => {
      // It serves, or has served; or a newer one took its place.
      if (!waiting.includes(web)) return;
      waiting.splice(waiting.indexOf(web), 1);
      rmSync(all.reserve.pid, { force: true });
      if (stopping) return;
      say(`备用的网页服务没有准备好，${RESERVE_AGAIN_MS / 1000} 秒后再试。`);
      setTimeout(keepReserve, RESERVE_AGAIN_MS);
    });
    if ((await web.prepared) && waiting.includes(web)) writeFileSync(all.reserve.pid, String(web.pid));
  }

  return {
    /** Serves until it is stopped or does not come up any more; resolves with the exit code. */
    async run() {
      generation = begin();
      for (let failures = 0; ; ) {
        const web = waiting.shift() ?? launchWeb();
        serving = web;
        // Whoever finds the first web finds pages; later ones do not wait for them: terminals need none.
        if (!announced && !(await Promise.race([generation.answers, web.gone.then(() => false)]))) web.end('SIGTERM');
        else web.go();
        rmSync(all.reserve.pid, { force: true });
        writeFileSync(all.web.pid, String(web.pid));
        const port = await web.port;
        if (port !== undefined) {
          if (!announced) listening(port, await web.setup);
          announced = true;
          generation = web.generation;
          void keepReserve();
        }
        const { code, signal } = await web.gone;
        rmSync(all.web.pid, { force: true });
        failures = port === undefined ? failures + 1 : 0;
        // What never came up has said why; starting it again would not help.
        if (stopping || !announced || (code === 0 && !web.replaced) || failures > WEB_TRIES) {
          for (const each of waiting) each.end('SIGTERM');
          for (const each of generations) finish(each);
          return stopping ? 0 : announced ? (code ?? 1) : code || 1;
        }
        if (web.replaced) continue;
        say(`网页服务意外结束（${signal ?? `退出码 ${code}`}），正在重新启动…`);
        if (port === undefined && waiting.length === 0) await pause(WEB_PAUSE_MS);
        if (stopping) return 0;
      }
    },
    /**
     * Puts a web of the present code in the place of the one that serves: only when it is prepared, and with the reserve
     * behind it in case it does not come up. Hands back why that failed, or undefined; `tell` hears of the progress.
     */
    async replace(tell, beforehand) {
      if (replacing || !serving) return '织网正在启动或重新启动，请稍后再试。';
      replacing = true;
      try {
        tell('▸ 准备新的网页服务…');
        const begun = begin();
        const next = launchWeb(begun);
        const [prepared, answers] = await Promise.all([next.prepared, begun.answers]);
        if (!prepared || !answers) {
          next.end('SIGTERM');
          finish(begun);
          return '新的网页服务没有准备好（原因见运行 npm start 的终端），原来的继续服务。';
        }
        await beforehand();
        tell('▸ 换上新的网页服务…');
        const former = { generation, waiting: [...waiting] };
        waiting.unshift(next);
        serving.replaced = true;
        serving.end('SIGTERM');
        const port = await next.port;
        if (port === undefined) {
          finish(begun);
          return '新的网页服务没有启动成功（原因见运行 npm start 的终端），换回了原来的版本。';
        }
        finish(former.generation);
        for (const each of former.waiting) {
          if (waiting.includes(each)) waiting.splice(waiting.indexOf(each), 1);
          each.end('SIGTERM');
        }
        rmSync(all.reserve.pid, { force: true });
        void keepReserve();
        return undefined;
      } finally {
        replacing = false;
      }
    },
    /** Ends them all; `run` resolves then. */
    stop(signal) {
      stopping = true;
      for (const web of [serving, ...waiting]) web?.end(signal);
      for (const each of generations) finish(each, signal);
    },
  };
}
