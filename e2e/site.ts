import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, chromium, type ViewportSize } from 'playwright-core';
import { freePort } from '../server/testport.ts';

/** Long enough for a site whose image and pages are built already, or for development to come up on a busy machine. */
const START_MS = 90_000;
const root = resolve(import.meta.dirname, '..');

/** The product, started as a person would, over a data directory of its own. */
export interface Server {
  address: string;
  /** Where its data is. */
  data: string;
  /** Where the first account is made: what `npm start` printed. */
  setup: string;
  /** Runs `npm run …` of this instance and resolves with its exit code. */
  command(name: 'stop' | 'restart'): Promise<number | null>;
  close(): Promise<void>;
}

/** The product, and a browser; to close it ends both. */
export interface Site extends Server {
  browser: Browser;
  /** A person with a browser of their own; console errors and failed requests are gathered in `complaints`. */
  visitor(options?: { viewport?: ViewportSize; dark?: boolean; javaScript?: boolean }): Promise<BrowserContext>;
  complaints: string[];
}

/** Starts the product and a browser. `more` is added to the environment. */
export async function openSite(mode: 'start' | 'dev' = 'start', more: Record<string, string> = {}): Promise<Site> {
  const server = await startServer(mode, more);
  return visit(server).catch(async (error) => {
    await server.close();
    throw error;
  });
}

/** Starts the product. `more` is added to the environment. */
export async function startServer(mode: 'start' | 'dev' = 'start', more: Record<string, string> = {}): Promise<Server> {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), 'netloom-e2e-'));
  const env = {
    ...process.env,
    PORT: String(port),
    NETLOOM_DATA: data,
    NETLOOM_IMAGE: process.env.NETLOOM_IMAGE ?? join(root, 'var/image'),
    NETLOOM_LOG: 'warn',
    // Nodes nobody asked for would be in the way of what is counted and measured.
    NETLOOM_POOL: '0',
    ...more,
  };
  const start = spawn(process.execPath, ['server/start.js', mode], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const command: Server['command'] = (name) =>
    new Promise((done) => {
      const child = spawn(process.execPath, ['server/start.js', name], { cwd: root, env, stdio: 'ignore' });
      child.once('exit', done);
    });
  /** Leaves nothing behind, whether it came up or not. */
  async function close(): Promise<void> {
    await command('stop');
    start.kill('SIGTERM');
    rmSync(data, { recursive: true, force: true });
  }

  let said = '';
  const ready = new Promise<void>((done, failed) => {
    const limit = setTimeout(() => failed(new Error(`the site did not start:\n${said}`)), START_MS);
    start.stderr.on('data', (chunk) => {
      said += chunk;
      if (!said.includes('织网已经就绪')) return;
      clearTimeout(limit);
      done();
    });
    start.once('exit', (code) => failed(new Error(`npm start ended with ${code}:\n${said}`)));
  });
  await ready.catch(async (error) => {
    await close();
    throw error;
  });
  const setup = /\/setup\/[\w-]+/.exec(said)?.[0] ?? '';
  return { address: `http://127.0.0.1:${port}`, data, setup, command, close };
}

/** Opens a browser before a product that runs. */
export async function visit(server: Server): Promise<Site> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
    // Playwright would end this process before the nodes are given back.
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  const complaints: string[] = [];

  return {
    ...server,
    browser,
    complaints,
    async visitor({ viewport = { width: 1440, height: 900 }, dark = false, javaScript = true } = {}) {
      const context = await browser.newContext({
        viewport,
        colorScheme: dark ? 'dark' : 'light',
        javaScriptEnabled: javaScript,
        locale: 'zh-CN',
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      context.on('weberror', (error) => complaints.push(String(error.error())));
      context.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      return context;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
