import type { NetworkNames } from './network-names.ts';
import type { RunProgram } from './run-program.ts';

interface Chain {
  family: string;
  table: string;
  name: string;
  hook?: string;
  policy?: string;
}

/**
 * Other programs' rules that stop packets on their way to and from servers. They are never changed here: a packet must
 * pass everybody's rules, so only their owner can let it through, or the agent where it opens the machine's firewall.
 */
export async function forwardingObstacles(
  names: NetworkNames,
  run: RunProgram,
  opensFirewall: boolean,
): Promise<string[]> {
  const chains = await forwardChains(run);
  const cables = `${names.cablePrefix}+`;
  const notes: string[] = [];
  if (chains.some(({ table }) => table === 'firewalld')) {
    notes.push(
      `firewalld may stop the traffic of servers in private networks: allow it with "firewall-cmd --permanent --zone=trusted --add-interface=${cables}" and "firewall-cmd --reload".`,
    );
  }
  if (opensFirewall) return notes;
  const isDropping = chains.some(
    ({ family, table, policy }) => family === 'ip' && table === 'filter' && policy === 'drop',
  );
  if (isDropping) {
    const hasDocker = chains.some(({ name }) => name === 'DOCKER-USER');
    const chain = hasDocker ? 'DOCKER-USER' : 'FORWARD';
    const owner = hasDocker ? 'Docker' : 'The firewall of this machine (iptables)';
    notes.push(
      `${owner} stops the traffic of servers in private networks: allow it with "iptables -I ${chain} -i ${cables} -j ACCEPT" and "iptables -I ${chain} -o ${cables} -j ACCEPT", and keep that over restarts.`,
    );
  }
  for (const { family, table, name } of chains.filter(isOtherDrop)) {
    notes.push(
      `The chain ${name} of the nftables table ${family} ${table} drops packets that pass through this machine: add rules to it that accept the interfaces ${names.cablePrefix}*.`,
    );
  }
  return notes;
}

function isOtherDrop({ family, table, hook, policy }: Chain): boolean {
  return (
    hook === 'forward' && policy === 'drop' && !(family === 'ip' && table === 'filter') && family !== 'ip6'
  );
}

async function forwardChains(run: RunProgram): Promise<Chain[]> {
  try {
    const { nftables } = JSON.parse(await run('nft', ['-j', 'list', 'chains'])) as {
      nftables: { chain?: Chain }[];
    };
    return nftables.flatMap(({ chain }) => (chain ? [chain] : []));
  } catch {
    return [];
  }
}
