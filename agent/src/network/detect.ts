import { readFile } from 'node:fs/promises';
import type { CniPlugins } from './cni-plugin.ts';
import { forwardingObstacles } from './forwarding-obstacles.ts';
import type { NetworkNames } from './network-names.ts';
import { type NameServerOptions, serverResolution } from './resolv-conf.ts';
import { ProgramFailure, type RunProgram } from './run-program.ts';
import type { ServerNetworksOptions } from './server-networks.ts';

/** What servers can be given on this machine. */
export interface NetworkReport {
  modes: { host: true; bridge: boolean; macvlan: boolean; ipvlan: boolean; cni: boolean };
  /** Plain sentences on what is missing or in the way, and how to change it. */
  notes: string[];
}

export async function detectNetworks(
  names: NetworkNames,
  plugins: CniPlugins,
  run: RunProgram,
  options: NameServerOptions & Pick<ServerNetworksOptions, 'opensFirewall'>,
): Promise<NetworkReport> {
  const notes: string[] = [];
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  if (!isRoot) {
    notes.push('Networks of their own for servers need Linux and an agent that runs as root.');
    return { modes: { host: true, bridge: false, macvlan: false, ipvlan: false, cni: false }, notes };
  }
  const [hasIp, hasNft] = await Promise.all([
    worksAs(run, 'ip', ['-V']),
    worksAs(run, 'nft', ['list', 'tables']),
  ]);
  if (!hasIp) notes.push('The program ip is missing: install the package iproute2.');
  if (!hasNft) notes.push('The program nft is missing or does not work here: install the package nftables.');
  const [macvlan, ipvlan] = await Promise.all([
    isParentable(run, plugins, 'macvlan', notes),
    isParentable(run, plugins, 'ipvlan', notes),
  ]);
  const bridge = hasIp && hasNft;
  if (bridge) {
    notes.push('Servers in private networks are reached by IPv4 addresses only.');
    notes.push(
      ...(await noteForwarding()),
      ...(await forwardingObstacles(names, run, options.opensFirewall?.() ?? false)),
    );
    if ((await serverResolution(false, options)).nameServers.length === 0) {
      notes.push(
        "This machine's name server listens on a loopback address only, where servers with a network of their own cannot reach it: set name servers for them.",
      );
    }
  }
  return {
    modes: { host: true, bridge, macvlan: hasIp && macvlan, ipvlan: hasIp && ipvlan, cni: hasIp },
    notes,
  };
}

async function noteForwarding(): Promise<string[]> {
  const value = await readFile('/proc/sys/net/ipv4/ip_forward', 'utf8').catch(() => '');
  if (value.trim() === '1') return [];
  return [
    'This machine does not pass packets on between networks yet; the first server in a private network turns that on (net.ipv4.ip_forward).',
  ];
}

/** Tried in a network namespace of its own, which is gone at once. */
async function isParentable(
  run: RunProgram,
  plugins: CniPlugins,
  kind: 'macvlan' | 'ipvlan',
  notes: string[],
): Promise<boolean> {
  const missing = [kind, 'static'].filter((type) => !plugins.has(type));
  if (missing.length > 0) {
    notes.push(
      `Mode ${kind} needs the CNI plugins ${missing.join(' and ')} in ${plugins.folder}: install the package containernetworking-plugins.`,
    );
    return false;
  }
  try {
    const dummy = 'ip link add name parent type veth peer name other';
    await run('unshare', [
      '--net',
      'sh',
      '-c',
      `${dummy} && ip link add link parent name probe type ${kind}`,
    ]);
    return true;
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    notes.push(`The kernel of this machine has no ${kind}.`);
    return false;
  }
}

async function worksAs(run: RunProgram, program: string, args: string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}
