import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { ServerNetwork } from '@catalyst/shared/features/server-spec';
import { canonicalAddress } from '@catalyst/shared/features/subnets';
import type { PublishedPort } from './published-port.ts';

/** All plugins since 0.8 speak it, those of Debian and Ubuntu included. */
const cniVersion = '0.4.0';

export type CniConfig = Record<string, unknown> & { type: string };
export type CniNetwork = Exclude<ServerNetwork, { mode: 'host' | 'bridge' }>;

/** What each plugin of a server's network is given, in the order of their calls. */
export function cniConfigs(network: CniNetwork, name: string, ports: readonly PublishedPort[]): CniConfig[] {
  if (network.mode === 'cni') {
    return network.plugins.map((plugin) => ({
      ...withPorts(plugin, ports),
      cniVersion,
      name: network.name,
    }));
  }
  const { mode, parent, address, gateway } = network;
  const everywhere = isIPv6(address.split('/')[0] as string) ? '::/0' : '0.0.0.0/0';
  return [
    {
      cniVersion,
      name,
      type: mode,
      master: parent,
      mode: mode === 'macvlan' ? 'bridge' : 'l2',
      ...(mode === 'macvlan' && { mac: macOf(address) }),
      ipam: {
        type: 'static',
        addresses: [{ address, ...(gateway && { gateway }) }],
        ...(gateway && { routes: [{ dst: everywhere, gw: gateway }] }),
      },
    },
  ];
}

/**
 * An address keeps its MAC address over restarts, and when another server gets it: others on the network remember the
 * pair for a while, and nobody tells them of a new one for IPv6.
 */
function macOf(address: string): string {
  const [bare = ''] = address.split('/');
  const hash = createHash('sha256').update(canonicalAddress(bare) ?? bare);
  // 02: of no maker, and for one receiver.
  return `02${hash.digest('hex').slice(0, 10)}`.replaceAll(/..(?=.)/g, '$&:');
}

/** A plugin that says it publishes ports is told which. */
function withPorts(plugin: CniConfig, ports: readonly PublishedPort[]): CniConfig {
  const capabilities = plugin.capabilities as { portMappings?: unknown } | undefined;
  if (capabilities?.portMappings !== true || ports.length === 0) return plugin;
  const portMappings = ports.map(({ ip, port, protocol, targetPort }) => ({
    hostPort: port,
    containerPort: targetPort,
    protocol,
    ...(ip !== '0.0.0.0' && { hostIP: ip }),
  }));
  const runtimeConfig = { ...(plugin.runtimeConfig as object | undefined), portMappings };
  return { ...plugin, runtimeConfig };
}
