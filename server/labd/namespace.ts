import type { NamespaceSnapshot } from '../network/snapshot.ts';
import { readCounters } from './counters.ts';
import { readFirewall } from './firewall.ts';
import { AF_INET, type Names, RTM_GETADDR, RTM_GETLINK, RTM_GETNETCONF, readLinks, readSwitches } from './links.ts';
import { dump } from './netlink.ts';
import type { Machine } from './nodes/driver.ts';
import type { Asked } from './relay.ts';
import {
  AF_BRIDGE,
  RTM_GETNEIGH,
  RTM_GETROUTE,
  RTM_GETRULE,
  readFdb,
  readNeighbours,
  readRoutes,
  readRules,
  TABLE_HEADER,
} from './tables.ts';

/** struct ifinfomsg, with which the kernel also takes questions for addresses and forwarding entries; bytes. */
const LINK_HEADER = 16;

/** A family header that asks for everything of a family; 0 is every family. */
function header(length: number, family = 0): Buffer {
  const bytes = Buffer.alloc(length);
  bytes[0] = family;
  return bytes;
}

const QUESTIONS = {
  links: dump(RTM_GETLINK, header(LINK_HEADER)),
  addresses: dump(RTM_GETADDR, header(LINK_HEADER)),
  routes: dump(RTM_GETROUTE, header(TABLE_HEADER)),
  rules: dump(RTM_GETRULE, header(TABLE_HEADER, AF_INET)),
  neighbours: dump(RTM_GETNEIGH, header(TABLE_HEADER)),
  fdb: dump(RTM_GETNEIGH, header(LINK_HEADER, AF_BRIDGE)),
  switches: dump(RTM_GETNETCONF, header(4, AF_INET)),
};

/** Where a namespace is: `path`, on `machine` or else this host, is for what a program has to be started for. */
export interface Spot {
  asked: Asked;
  path: string;
  machine?: Machine | undefined;
}

/**
 * Reads a network namespace from outside, by asking the kernel; null when it could not be entered, as when it has just
 * gone. Rejects when it holds more than is read.
 */
export async function readNamespace(spot: Spot, name: string | null, inode: number): Promise<NamespaceSnapshot | null> {
  const { asked } = spot;
  // All questions at once: the relay answers them in turn, without waiting for us.
  const [links, addresses, routes, rules, neighbours, fdb, switches, counters, firewall] = await Promise.all([
    asked.ask(QUESTIONS.links),
    asked.ask(QUESTIONS.addresses),
    asked.ask(QUESTIONS.routes),
    asked.ask(QUESTIONS.rules),
    asked.ask(QUESTIONS.neighbours),
    asked.ask(QUESTIONS.fdb),
    asked.ask(QUESTIONS.switches),
    readProtocols(asked),
    readFirewall(spot),
  ]);
  if (!links || !addresses || !routes || !rules || !neighbours || !fdb || !switches) return null;
  const found = readLinks(links, addresses);
  const names: Names = new Map(found.map((link) => [link.index, link.name]));
  return {
    name,
    inode,
    links: found,
    routes: readRoutes(routes, names),
    rules: readRules(rules),
    neighbours: readNeighbours(neighbours, names),
    fdb: readFdb(fdb, names),
    ...readSwitches(switches, found),
    firewall,
    counters,
  };
}

async function readProtocols(asked: Asked): Promise<Record<string, number>> {
  const files = await Promise.all([asked.read('snmp'), asked.read('netstat')]);
  return readCounters(files.join(''));
}

/** What passed through a namespace so far: its links, its protocols, its firewall. */
export type Tally = Pick<NamespaceSnapshot, 'links' | 'counters' | 'firewall'>;

/** Reads what counts in a namespace, without its tables; null when it has gone. */
export async function readTally(spot: Spot): Promise<Tally | null> {
  const { asked } = spot;
  const [links, addresses, counters, firewall] = await Promise.all([
    asked.ask(QUESTIONS.links),
    asked.ask(QUESTIONS.addresses),
    readProtocols(asked),
    readFirewall(spot),
  ]);
  return links && addresses ? { links: readLinks(links, addresses), counters, firewall } : null;
}
