import { isIPv4 } from 'node:net';
import type { RunProgram } from '../network/run-program.ts';
import { type Allowed, type Gate, type GateNames, isEvery, isLoopback, plainAddress } from './gate.ts';

/** One that is called `iptables` or `ip6tables`, perhaps with `-nft` or `-legacy` behind. */
type XtablesProgram = `iptables${string}` | `ip6tables${string}`;

const chains = { input: 'INPUT', forward: 'FORWARD' } as const;
/** The lock is the whole machine's, with the older kind. */
const patience = ['-w', '10'];
/** Behind these nothing passes: what comes after the rules of an administrator. ufw logs and refuses there. */
const lastRules = [
  /^(-m comment --comment ("[^"]*"|\S+) )?-j (DROP|REJECT( --reject-with \S+)?)$/,
  /^-j ufw6?-after-(input|forward)$/,
];

/** The chains of iptables or ip6tables. Rejects with a ProgramFailure when they cannot be read. */
export async function xtablesGates(
  program: XtablesProgram,
  names: GateNames,
  run: RunProgram,
): Promise<Gate[]> {
  const lines = (await run(program, [...patience, '-S'])).split('\n');
  // Servers in private networks have IPv4 addresses only.
  const hooks = isForIPv4(program) ? (['input', 'forward'] as const) : (['input'] as const);
  return hooks.map((hook) => xtablesGate(program, hook, names[hook].toUpperCase(), lines, run));
}

function xtablesGate(
  program: XtablesProgram,
  hook: 'input' | 'forward',
  own: string,
  lines: readonly string[],
  run: RunProgram,
): Gate {
  const chain = chains[hook];
  const rulesOf = (name: string) =>
    lines.filter((line) => line.startsWith(`-A ${name} `)).map((line) => line.slice(`-A ${name} `.length));
  const jump = `-j ${own}`;
  const all = rulesOf(chain);
  const others = all.filter((rule) => rule !== jump);
  const last = others.findIndex((rule) => lastRules.some((form) => form.test(rule)));
  // Behind all that the administrator refuses by name, so that it stays refused.
  const place = last === -1 ? others.length : last;
  const jumpCount = all.length - others.length;
  const isInPlace = jumpCount === 1 && all.indexOf(jump) === place;
  const isThere = lines.includes(`-N ${own}`);
  const rulesFor = (allowed: Allowed) =>
    hook === 'input' ? portRules(program, allowed) : cableRules(allowed);
  const allows = (allowed: Allowed) => {
    const rules = rulesFor(allowed);
    if (rules.length === 0) return !isThere;
    return isInPlace && isThere && rules.join('\n') === rulesOf(own).join('\n');
  };
  return {
    name: `${program.replace(/-(nft|legacy)$/, '')} ${chain}`,
    hook,
    isClosed: last !== -1 || lines.includes(`-P ${chain} DROP`),
    allows,
    async set(allowed) {
      if (allows(allowed)) return;
      const rules = rulesFor(allowed);
      const isWanted = rules.length > 0;
      const input = [
        '*filter',
        // Makes it, or empties it.
        `:${own} - [0:0]`,
        ...Array.from({ length: isWanted && isInPlace ? 0 : jumpCount }, () => `-D ${chain} ${jump}`),
        ...rules.map((rule) => `-A ${own} ${rule}`),
        ...(isWanted && !isInPlace ? [`-I ${chain} ${place + 1} ${jump}`] : []),
        ...(isWanted ? [] : [`-X ${own}`]),
        'COMMIT\n',
      ].join('\n');
      await run(restoreProgram(program), ['--noflush', ...patience], { input });
    },
  };
}

/** As the program writes them itself, by which it is seen that they are there. */
function portRules(program: XtablesProgram, { ports }: Allowed): string[] {
  const rules = ports.flatMap(({ ip: written, port, protocol }) => {
    const ip = plainAddress(written);
    const rule = `-p ${protocol} -m ${protocol} --dport ${port} -j ACCEPT`;
    if (isEvery(ip)) return [rule];
    if (isLoopback(ip) || isIPv4(ip) !== isForIPv4(program)) return [];
    return [`-d ${ip}/${isIPv4(ip) ? 32 : 128} ${rule}`];
  });
  return [...new Set(rules)];
}

function cableRules({ cablePrefix }: Allowed): string[] {
  if (cablePrefix === null) return [];
  return [`-i ${cablePrefix}+ -j ACCEPT`, `-o ${cablePrefix}+ -j ACCEPT`];
}

function isForIPv4(program: XtablesProgram): boolean {
  return program.startsWith('iptables');
}

function restoreProgram(program: XtablesProgram): string {
  return `${program}-restore`;
}
