import { isIPv4 } from 'node:net';
import type { RunProgram } from '../network/run-program.ts';
import { type Allowed, type Gate, type GateNames, isEvery, isLoopback, plainAddress } from './gate.ts';

export interface NftChain {
  family: string;
  table: string;
  name: string;
  type?: string;
  hook?: string;
  policy?: string;
}

interface NftRule {
  handle: number;
  expr: Record<string, unknown>[];
}

/** Every chain of every table. Rejects with a ProgramFailure where there is no nftables. */
export async function nftChains(run: RunProgram): Promise<NftChain[]> {
  const { nftables } = JSON.parse(await run('nft', ['-j', 'list', 'chains'])) as {
    nftables: { chain?: NftChain }[];
  };
  return nftables.flatMap(({ chain }) => (chain ? [chain] : []));
}

export function isGateChain({ family, type, hook }: NftChain): boolean {
  return (
    ['ip', 'ip6', 'inet'].includes(family) &&
    type === 'filter' &&
    (hook === 'input' || (hook === 'forward' && family !== 'ip6'))
  );
}

export async function nftGate(
  chain: NftChain,
  all: readonly NftChain[],
  names: GateNames,
  run: RunProgram,
): Promise<Gate> {
  const { family, table, name } = chain;
  const hook = chain.hook as 'input' | 'forward';
  const own = names[hook];
  const place = `${family} ${table}`;
  const rules = await rulesOf(chain, run);
  const isThere = all.some((one) => one.family === family && one.table === table && one.name === own);
  const ownLines = isThere ? await linesOf(`${place} ${own}`, run) : [];
  const isJump = ({ expr }: NftRule) => expr.some(({ jump }) => targetOf(jump) === own);
  const jumps = rules.filter(isJump);
  const others = rules.filter((rule) => !isJump(rule));
  const last = others.find(isLast);
  const end = last === undefined ? others.length : others.indexOf(last);
  const isInPlace = jumps.length === 1 && rules.findIndex(isJump) === end;
  const linesFor = (allowed: Allowed) =>
    hook === 'input' ? portLines(family, allowed) : cableLines(allowed);
  const allows = (allowed: Allowed) => {
    const lines = linesFor(allowed);
    if (lines.length === 0) return !isThere && jumps.length === 0;
    return isInPlace && isThere && lines.join('\n') === ownLines.join('\n');
  };
  return {
    name: `nftables ${place} ${name}`,
    hook,
    isClosed: last !== undefined || chain.policy === 'drop',
    allows,
    async set(allowed) {
      if (allows(allowed)) return;
      const lines = linesFor(allowed);
      const isWanted = lines.length > 0;
      const oldJumps = isWanted && isInPlace ? [] : jumps;
      // Behind all that the administrator refuses by name, so that it stays refused.
      const newJump = last
        ? `insert rule ${place} ${name} handle ${last.handle} jump ${own}`
        : `add rule ${place} ${name} jump ${own}`;
      const input = [
        `add chain ${place} ${own}`,
        `flush chain ${place} ${own}`,
        ...oldJumps.map(({ handle }) => `delete rule ${place} ${name} handle ${handle}`),
        ...lines.map((line) => `add rule ${place} ${own} ${line}`),
        ...(isWanted && !isInPlace ? [newJump] : []),
        ...(isWanted ? [] : [`delete chain ${place} ${own}`]),
        '',
      ].join('\n');
      await run('nft', ['-f', '-'], { input });
    },
  };
}

async function rulesOf({ family, table, name }: NftChain, run: RunProgram): Promise<NftRule[]> {
  const { nftables } = JSON.parse(await run('nft', ['-j', 'list', 'chain', family, table, name])) as {
    nftables: { rule?: NftRule }[];
  };
  return nftables.flatMap(({ rule }) => (rule ? [rule] : []));
}

/** The rules of one of our chains, as nft writes them. */
async function linesOf(chain: string, run: RunProgram): Promise<string[]> {
  const text = await run('nft', ['list', 'chain', ...chain.split(' ')]);
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.endsWith(' accept'));
}

/** Refuses all that comes so far. */
function isLast({ expr }: NftRule): boolean {
  const verdict = expr.at(-1) ?? {};
  const isRefusal = 'drop' in verdict || 'reject' in verdict;
  return isRefusal && expr.slice(0, -1).every((part) => 'counter' in part || 'log' in part);
}

function targetOf(jump: unknown): unknown {
  return (jump as { target?: unknown } | undefined)?.target;
}

function portLines(family: string, { ports }: Allowed): string[] {
  const lines = ports.flatMap(({ ip: written, port, protocol }) => {
    const ip = plainAddress(written);
    const line = `${protocol} dport ${port} accept`;
    if (isEvery(ip)) return [line];
    const word = isIPv4(ip) ? 'ip' : 'ip6';
    if (isLoopback(ip) || (family !== 'inet' && family !== word)) return [];
    return [`${word} daddr ${ip} ${line}`];
  });
  return [...new Set(lines)];
}

function cableLines({ cablePrefix }: Allowed): string[] {
  if (cablePrefix === null) return [];
  return [`iifname "${cablePrefix}*" accept`, `oifname "${cablePrefix}*" accept`];
}
