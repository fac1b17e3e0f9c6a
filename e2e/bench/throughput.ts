import { PROMPT, type Typists } from './client.ts';
import type { Part } from './contender.ts';
import { cpuSeconds } from './processes.ts';

/** The node's memory holds at most 64 MB of files: a small one is printed so often, by one cheap cat. */
const FILE = '/tmp/netloom-bench-lines';
const FILE_BYTES = 1_000_000;
const TIMES = 64;
/** ONLCR adds a byte to each line of 80; ttyd 1.7.7 now and then loses some KB on the way, which costs it nothing here. */
const LEAST_BYTES = FILE_BYTES * TIMES * 1.0125 * 0.999;
const LIMIT_MS = 120_000;

/** How fast 64 MB of lines get from a node to a screen that parses at once, and what that costs the server. */
export function createThroughput(typists: Typists): Part {
  return {
    title: '吞吐：65 MB 文本',
    suits: () => true,
    async run(contender) {
      const terminal = await typists.of(contender);
      const { screen } = terminal;
      const ready = screen.sees('READY', LIMIT_MS);
      terminal.type(`yes "$(printf '%079d' 7)" | head -c ${FILE_BYTES} > ${FILE}; echo REA''DY\n`);
      await ready;
      const pids = contender.pids();
      const bytesBefore = screen.parsed();
      const cpuBefore = cpuSeconds(pids);
      const done = screen.sees('DONE', LIMIT_MS);
      const at = performance.now();
      terminal.type(`cat $(for i in {1..${TIMES}}; do echo ${FILE}; done); echo DO''NE\n`);
      await done;
      const seconds = (performance.now() - at) / 1_000;
      const bytes = screen.parsed() - bytesBefore;
      if (bytes < LEAST_BYTES) throw new Error(`${LEAST_BYTES - bytes} bytes are missing`);
      const values = { throughput: bytes / 1e6 / seconds, cpu_per_gb: (cpuSeconds(pids) - cpuBefore) / (bytes / 1e9) };
      const prompt = screen.sees(PROMPT, LIMIT_MS);
      terminal.type('\n');
      await prompt;
      return values;
    },
  };
}
