import { readFile } from 'node:fs/promises';
import type { RunProgram } from '../network/run-program.ts';
import type { Gate, GateNames } from './gate.ts';
import { isGateChain, type NftChain, nftChains, nftGate } from './nft-gates.ts';
import { xtablesGates } from './xtables-gates.ts';

interface FoundGates {
  gates: Gate[];
  /** It owns its tables, and writes them anew as it likes; only its own program changes them. */
  hasFirewalld: boolean;
  /** Sentences on chains that could not be read; others may take theirs away at any moment. */
  unread: string[];
}

/** The tables of agents: those have no chains of administrators. */
const agentTable = /^catalyst_[a-z0-9]{1,6}$/;
const families = [
  { family: 'ip', program: 'iptables', legacyTables: '/proc/net/ip_tables_names' },
  { family: 'ip6', program: 'ip6tables', legacyTables: '/proc/net/ip6_tables_names' },
] as const;

/** Looks at what stands between this machine and the world. Changes nothing. */
export async function findGates(names: GateNames, run: RunProgram): Promise<FoundGates> {
  const chains = await nftChains(run).catch(() => null);
  const gates: Gate[] = [];
  const unread: string[] = [];
  /** Tables that a program of the iptables family reads and writes: rules that it does not know would confuse it. */
  const taken = new Set<string>();
  for (const { family, program, legacyTables } of families) {
    const isTable = (chain: NftChain) => chain.family === family && chain.table === 'filter';
    if (chains === null || chains.some((chain) => isTable(chain) && /^(INPUT|FORWARD)$/.test(chain.name))) {
      const found = await firstThatWorks([`${program}-nft`, program], names, run);
      if (found.length > 0) taken.add(`${family} filter`);
      gates.push(...found);
    }
    if (/^filter$/m.test(await readFile(legacyTables, 'utf8').catch(() => ''))) {
      gates.push(...(await firstThatWorks([`${program}-legacy`], names, run)));
    }
  }
  for (const chain of chains ?? []) {
    const { family, table } = chain;
    if (!isGateChain(chain) || taken.has(`${family} ${table}`)) continue;
    if (agentTable.test(table) || table === 'firewalld') continue;
    try {
      gates.push(await nftGate(chain, chains ?? [], names, run));
    } catch (error) {
      unread.push(
        `nftables ${family} ${table} ${chain.name} could not be read: ${(error as Error).message}`.slice(
          0,
          1000,
        ),
      );
    }
  }
  return { gates, hasFirewalld: (chains ?? []).some(({ table }) => table === 'firewalld'), unread };
}

async function firstThatWorks(
  programs: readonly (`iptables${string}` | `ip6tables${string}`)[],
  names: GateNames,
  run: RunProgram,
): Promise<Gate[]> {
  for (const program of programs) {
    const found = await xtablesGates(program, names, run).catch(() => null);
    if (found) return found;
  }
  return [];
}
