import { AppError } from '@catalyst/shared/contract/errors';
import type { Logger } from '../logger.ts';
import { type CniConfig, type CniNetwork, cniConfigs } from './cni-configs.ts';
import type { CniPlugins } from './cni-plugin.ts';
import type { NetworkNames } from './network-names.ts';
import { interfaceNames, isNamespaceMounted } from './network-namespaces.ts';
import type { NetworkRecord } from './network-record.ts';
import type { NetworkRecords } from './network-records.ts';
import { publishedPorts } from './published-port.ts';
import type { RunProgram } from './run-program.ts';

export interface CniNetworkParts {
  names: NetworkNames;
  records: NetworkRecords;
  plugins: CniPlugins;
  run: RunProgram;
  log: Logger;
}

/**
 * Networks that CNI plugins make: macvlan, ipvlan and chains of an admin. What a plugin is about to be asked is on the
 * disk first, so that it can be undone whatever happens; undoing comes before the namespace goes, else plugins leak.
 */
export class CniNetworks {
  readonly #parts: CniNetworkParts;

  constructor(parts: CniNetworkParts) {
    this.#parts = parts;
  }

  /** Connects it, or keeps what is there. Its addresses. Rejects (`unavailable`) with nothing left behind. */
  async connect(record: NetworkRecord, network: CniNetwork, signal: AbortSignal): Promise<string[]> {
    const { names, plugins } = this.#parts;
    if (record.cni?.isComplete && isNamespaceMounted(names.namespacePath(record.serverId))) {
      return addressesIn(record.cni.result);
    }
    await this.disconnect(record);
    const configs = cniConfigs(network, names.table, publishedPorts(record.ports));
    if ('parent' in network && !interfaceNames().includes(network.parent)) {
      throw new AppError('unavailable', `This machine has no network interface ${network.parent}`);
    }
    plugins.require(configs.flatMap(({ type, ipam }) => [type, ...ipamTypes(ipam)]));
    try {
      await this.#connect(record, configs, signal);
    } catch (error) {
      await this.disconnect(record);
      throw error;
    }
    return addressesIn(record.cni?.result ?? null);
  }

  /** Undoes each plugin, the last first, then the namespace. Nothing happens to what is not there. */
  async disconnect(record: NetworkRecord): Promise<void> {
    const { names, plugins, records, log, run } = this.#parts;
    const { serverId, cni } = record;
    const namespacePath = names.namespacePath(serverId);
    const isMounted = isNamespaceMounted(namespacePath);
    for (const { type, config } of cni?.steps.toReversed() ?? []) {
      const call = {
        command: 'DEL' as const,
        containerId: names.namespace(serverId),
        // An empty one tells the plugin that the namespace is gone already.
        namespacePath: isMounted ? namespacePath : '',
        config: { ...config, type },
        previousResult: cni?.result ?? null,
      };
      await plugins.call(call).catch((err) => {
        log.warn({ err, serverId, type }, 'A CNI plugin could not undo its part of a network');
      });
    }
    await run('ip', ['netns', 'delete', names.namespace(serverId)]).catch(() => {});
    record.cni = null;
    if (records.get(serverId) === record) await records.save(record);
  }

  async #connect(record: NetworkRecord, configs: CniConfig[], signal: AbortSignal): Promise<void> {
    const { names, plugins, records, run } = this.#parts;
    const namespace = names.namespace(record.serverId);
    const cni: NonNullable<NetworkRecord['cni']> = { steps: [], result: null, isComplete: false };
    record.cni = cni;
    await run('sh', ['-c', `ip netns add ${namespace} && ip -n ${namespace} link set dev lo up`]);
    for (const config of configs) {
      signal.throwIfAborted();
      cni.steps.push({ type: config.type, config });
      await records.save(record);
      const call = {
        command: 'ADD' as const,
        containerId: namespace,
        namespacePath: names.namespacePath(record.serverId),
        config,
        previousResult: cni.result,
      };
      cni.result = (await plugins.call(call)) ?? cni.result;
    }
    signal.throwIfAborted();
    cni.isComplete = true;
    await records.save(record);
  }
}

/** Of the server, without the length of the prefix. */
function addressesIn(result: Record<string, unknown> | null): string[] {
  const ips = Array.isArray(result?.ips) ? (result.ips as { address?: string }[]) : [];
  return ips.map(({ address }) => address?.split('/')[0] ?? '').filter(Boolean);
}

function ipamTypes(ipam: unknown): string[] {
  const type = (ipam as { type?: unknown } | undefined)?.type;
  return typeof type === 'string' && type !== '' ? [type] : [];
}
