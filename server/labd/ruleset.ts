import type { FirewallChain, FirewallRule, FirewallTool, Verdict } from '../network/firewall.ts';
import { count, fields, objects, text } from './field.ts';

/** What is kept of a firewall: chains, rules of each, characters of each rule. A learner has a handful. */
const CHAINS_MAX = 64;
const RULES_MAX = 128;
const TEXT_CHARS = 200;

/** The chains that iptables has from the start, with their hooks. */
const HOOKS: Record<string, string> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};
/** Targets of iptables that decide; the others count, log or mark. */
const TARGETS: Record<string, Verdict> = {
  ACCEPT: 'accept',
  DROP: 'drop',
  REJECT: 'reject',
  MASQUERADE: 'masquerade',
  SNAT: 'snat',
  DNAT: 'dnat',
  REDIRECT: 'redirect',
  RETURN: 'return',
  QUEUE: 'other',
  NFQUEUE: 'other',
  NETMAP: 'other',
  TPROXY: 'other',
};
/** Statements of nft that decide, as JSON names them. */
const STATEMENTS: Record<string, Verdict> = {
  accept: 'accept',
  drop: 'drop',
  reject: 'reject',
  masquerade: 'masquerade',
  snat: 'snat',
  dnat: 'dnat',
  redirect: 'redirect',
  return: 'return',
  jump: 'jump',
  goto: 'jump',
  vmap: 'other',
  queue: 'other',
  tproxy: 'other',
};

function shown(words: string): string {
  return words
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
    .trim()
    .slice(0, TEXT_CHARS);
}

/** Reads what `iptables-save -c` of either kind prints. */
export function readSaved(printed: string, tool: FirewallTool): FirewallChain[] {
  const chains: FirewallChain[] = [];
  let table = '';
  for (const line of printed.split('\n')) {
    if (line.startsWith('*')) table = shown(line.slice(1));
    const [, name, policy, packets] = /^:(\S{1,64}) (ACCEPT|DROP|-) \[(\d{1,15}):\d+\]$/.exec(line) ?? [];
    if (name !== undefined && chains.length < CHAINS_MAX) {
      const hook = policy === '-' ? undefined : HOOKS[name];
      chains.push({
        tool,
        family: 'ip',
        table,
        name: shown(name),
        ...(hook && { hook, policy: policy === 'DROP' ? 'drop' : 'accept', packets: Number(packets) }),
        rules: [],
      });
    }
    const [, matched, rule, of] = /^\[(\d{1,15}):\d+\] (-A (\S{1,64}) ?.*)$/.exec(line) ?? [];
    const chain = chains.find((each) => each.table === table && each.name === shown(of ?? ''));
    if (chain && rule !== undefined && chain.rules.length < RULES_MAX) {
      const place = chain.rules.length + 1;
      chain.rules.push({ ...readTarget(rule), text: shown(rule), place, packets: Number(matched) });
    }
  }
  return chains;
}

/** What a rule of iptables does; a comment may say anything. */
function readTarget(rule: string): Pick<FirewallRule, 'verdict' | 'target'> {
  const words = rule.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? [];
  const at = words.findLastIndex((word) => word === '-j' || word === '-g');
  const target = at < 0 ? undefined : words[at + 1];
  if (target === undefined) return { verdict: 'none' };
  const verdict = TARGETS[target];
  if (verdict) return { verdict };
  // Extensions are written in capitals; the chains of the learner's own may be, too, and then they are among the chains.
  return { verdict: 'jump', target: shown(target) };
}

/**
 * Reads what `nft --handle --json list ruleset` prints, with the words of the same command without --json. Chains that
 * iptables shows as well get its words and its counts: `saved`.
 */
export function readNft(json: string, printed: string, saved: FirewallChain[]): FirewallChain[] {
  const words = readWords(printed);
  const chains: FirewallChain[] = [];
  for (const entry of entriesOf(json)) {
    const chain = entry.chain === undefined ? undefined : readChain(fields(entry.chain));
    if (chain && chains.length < CHAINS_MAX) chains.push(chain);
    if (entry.rule === undefined) continue;
    const rule = fields(entry.rule);
    const of = chains.find(
      ({ family, table, name }) => family === rule.family && table === text(rule.table) && name === text(rule.chain),
    );
    const handle = count(rule.handle);
    if (!of || handle === undefined || of.rules.length >= RULES_MAX) continue;
    const spoken = words.get(`${of.family} ${of.table} ${handle}`) ?? '';
    of.rules.push({ ...readStatements(rule.expr), text: shown(spoken), place: of.rules.length + 1, handle });
  }
  return chains.map((chain) => inWordsOfIptables(chain, saved));
}

function entriesOf(json: string): Record<string, unknown>[] {
  try {
    return objects(fields(JSON.parse(json)).nftables, CHAINS_MAX * RULES_MAX);
  } catch {
    // A name that nft did not escape, or output cut short: then nothing is known of this firewall.
    return [];
  }
}

function readChain(entry: Record<string, unknown>): FirewallChain | undefined {
  const [family, table, name, hook] = [text(entry.family), text(entry.table), text(entry.name), text(entry.hook)];
  if (family === undefined || table === undefined || name === undefined) return undefined;
  const priority = typeof entry.prio === 'number' && Number.isSafeInteger(entry.prio) ? entry.prio : undefined;
  const policy = entry.policy === 'drop' ? 'drop' : 'accept';
  return {
    tool: 'nft',
    family,
    table,
    name,
    ...(hook !== undefined && { hook, policy, ...(priority !== undefined && { priority }) }),
    rules: [],
  };
}

function readStatements(value: unknown): Pick<FirewallRule, 'verdict' | 'target' | 'packets'> {
  const statements = objects(value);
  const packets = statements.flatMap((statement) => count(fields(statement.counter).packets) ?? [])[0];
  const counted = packets === undefined ? {} : { packets };
  for (const statement of statements) {
    for (const [name, detail] of Object.entries(statement)) {
      const verdict = Object.hasOwn(STATEMENTS, name) ? STATEMENTS[name] : undefined;
      const target = text(fields(detail).target);
      if (verdict) return { verdict, ...(verdict === 'jump' && target !== undefined && { target }), ...counted };
    }
  }
  return { verdict: 'none', ...counted };
}

/** The words of each rule, by family, table and handle. */
function readWords(printed: string): Map<string, string> {
  const words = new Map<string, string>();
  let table = '';
  for (const line of printed.split('\n')) {
    table = /^table (\w+ \S+) \{/.exec(line)?.[1] ?? table;
    const [, rule, handle] = /^\t\t(.*) # handle (\d{1,15})$/.exec(line) ?? [];
    if (rule !== undefined) words.set(`${table} ${handle}`, rule);
  }
  return words;
}

function inWordsOfIptables(chain: FirewallChain, saved: FirewallChain[]): FirewallChain {
  const same = saved.find(
    ({ family, table, name }) => family === chain.family && table === chain.table && name === chain.name,
  );
  if (same?.rules.length !== chain.rules.length || same.hook !== chain.hook) return chain;
  return { ...same, ...(chain.priority !== undefined && { priority: chain.priority }) };
}
