import { AppError, toIssues } from '@catalyst/shared/contract/errors';
import type { PortBinding, ServerNetwork } from '@catalyst/shared/features/server-spec';
import type { Logger } from '../logger.ts';
import type { PortAddress } from '../node/ports.ts';
import { CniNetworks } from './cni-network.ts';
import { CniPlugins } from './cni-plugin.ts';
import { detectNetworks, type NetworkReport } from './detect.ts';
import { Firewall } from './firewall.ts';
import { endLeftPrograms } from './left-programs.ts';
import { NetworkNames } from './network-names.ts';
import { isNamespaceMounted } from './network-namespaces.ts';
import { NetworkRecord } from './network-record.ts';
import { NetworkRecords } from './network-records.ts';
import { removeOrphans } from './orphans.ts';
import { PrivateNetwork } from './private-network.ts';
import { hostResolution, serverResolution } from './resolv-conf.ts';
import { ProgramFailure, type RunProgram, runProgram } from './run-program.ts';
import { ServerClaims } from './server-claims.ts';
import { SubnetChoice } from './subnet-choice.ts';
import { type Traffic, trafficOfCable, trafficOfProcess } from './traffic.ts';

export interface ServerNetworksOptions {
  /** Kept over restarts of the agent and of the machine. */
  stateFolder: string;
  /** Tells what this agent makes from what others on the machine make: 1 to 6 lower case letters or digits. */
  prefix: string;
  log: Logger;
  /** Of the private network, as `10.9.0.0/20`; chosen when left out. */
  subnet?: string | null;
  /** Where CNI plugins are; found when left out. */
  cniPath?: string | null;
  /** For servers, instead of the machine's own. */
  nameServers?: readonly string[];
  /** Whether closed firewalls of the machine are opened for servers; not when left out. */
  opensFirewall?: () => boolean;
  run?: RunProgram;
}

export interface Attachment {
  /** What the server's processes join; null when it shares the machine's network. */
  namespacePath: string | null;
  /** Of the server, in its own network. */
  addresses: string[];
  /** For the server's `/etc/resolv.conf`. */
  resolvConf: string;
}

/** In the environment of the programs it runs: by that the next agent finds those that outlived this one. */
const tag = 'CATALYST_NETWORK';
const restoreIntervalMs = 60_000;

/**
 * The networks of this agent's servers. A network outlives the starts of its server; its ports are open only between
 * `publish` and `unpublish`. Nothing here waits for a panel or a runtime.
 */
export class ServerNetworks {
  readonly #names: NetworkNames;
  readonly #records: NetworkRecords;
  readonly #firewall: Firewall;
  readonly #private: PrivateNetwork;
  readonly #cni: CniNetworks;
  readonly #plugins: CniPlugins;
  readonly #claims = new ServerClaims();
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #options: ServerNetworksOptions;
  readonly #run: RunProgram;
  #restoring: NodeJS.Timeout | null = null;

  constructor(options: ServerNetworksOptions) {
    const { stateFolder, prefix, log, subnet = null, cniPath = null, run = runProgram } = options;
    this.#options = options;
    this.#names = new NetworkNames(prefix);
    this.#run = (program, args, others) =>
      run(program, args, { ...others, environment: { [tag]: this.#names.table } });
    this.#records = new NetworkRecords(stateFolder, log);
    this.#plugins = new CniPlugins(cniPath, run);
    this.#firewall = new Firewall(this.#names.table, this.#run, log);
    const shared = { names: this.#names, records: this.#records, run: this.#run, log };
    this.#cni = new CniNetworks({ ...shared, plugins: this.#plugins });
    this.#private = new PrivateNetwork({
      ...shared,
      firewall: this.#firewall,
      choice: new SubnetChoice(stateFolder, subnet, this.#names, this.#run, log),
      nameServers: async () => (await serverResolution(false, options)).nameServers,
    });
  }

  /** What is possible on this machine, and what stands in the way, in plain sentences. Changes nothing. */
  detect(): Promise<NetworkReport> {
    return detectNetworks(this.#names, this.#plugins, this.#run, this.#options);
  }

  /**
   * Gives a server its network, or what changed of it; does nothing when all is there. To be called before each start,
   * never while the server runs. From now on its ports are refused to others. Rejects with nothing new left behind:
   * `port_taken`, `conflict` (an address is another server's), `invalid_input`, `limit_reached`, `unavailable`.
   */
  attach(
    serverId: string,
    network: ServerNetwork,
    bindings: readonly PortBinding[],
    signal: AbortSignal,
  ): Promise<Attachment> {
    return this.#inTurn(serverId, async () => {
      signal.throwIfAborted();
      const wanted = this.#newRecord(serverId, network, bindings);
      const before = this.#records.get(serverId);
      if (before && !isSameNetwork(before, wanted)) await this.#remove(before);
      await this.#claims.claim(wanted);
      const isNew = this.#records.get(serverId) === undefined;
      try {
        signal.throwIfAborted();
        const attachment = await this.#connect(wanted, signal);
        signal.throwIfAborted();
        return attachment;
      } catch (error) {
        const record = this.#records.get(serverId);
        if (!record) this.#claims.release(serverId);
        else if (isNew) await this.#remove(record);
        else if (!record.isPublished) this.#claims.releasePorts(serverId);
        throw error;
      }
    });
  }

  /** Opens the ports of an attached server. May run beside the start of its processes. Does nothing when open. */
  publish(serverId: string): Promise<void> {
    return this.#inTurn(serverId, async () => {
      const record = this.#records.get(serverId);
      if (record?.network.mode !== 'bridge') return;
      try {
        await this.#setPublished(record, true);
        await this.#firewall.publish(serverId, await this.#private.publicationOf(record));
      } catch (error) {
        await this.#setPublished(record, false);
        throw error;
      }
      this.#restoring ??= setInterval(() => void this.#restore(), restoreIntervalMs).unref();
    });
  }

  /** Closes them when the server has ended, and lets others have them. Does nothing when closed. */
  unpublish(serverId: string): Promise<void> {
    return this.#inTurn(serverId, async () => {
      const record = this.#records.get(serverId);
      if (record?.network.mode === 'bridge') {
        await this.#firewall.unpublish(serverId);
        await this.#setPublished(record, false);
      }
      // What a CNI plugin published stays until the network goes.
      if (record?.network.mode !== 'cni') this.#claims.releasePorts(serverId);
    });
  }

  /** Takes a server's network away for good. Does nothing when there is none; to be repeated when it fails. */
  detach(serverId: string): Promise<void> {
    return this.#inTurn(serverId, async () => {
      const record = this.#records.get(serverId);
      if (record) await this.#remove(record);
      else this.#claims.release(serverId);
    });
  }

  /**
   * After the start of an agent, before anything else: the firewall table is written whole, and what earlier agents left
   * behind of servers that are gone, or never finished, is removed. Ports of servers that ran stay open; `unpublish`
   * those that have ended meanwhile.
   */
  async recover(knownServerIds: Iterable<string>): Promise<void> {
    const known = new Set(knownServerIds);
    await this.#endLeftPrograms();
    const warn = (err: unknown) =>
      this.#options.log.warn({ err }, 'What is left of a network of a server cannot be removed');
    for (const record of this.#records.all()) {
      if (!known.has(record.serverId)) await this.detach(record.serverId).catch(warn);
      else if (!isNamespaceMounted(this.#names.namespacePath(record.serverId))) record.isPublished = false;
    }
    await removeOrphans(this.#names, this.#records, this.#run).catch(warn);
    for (const record of this.#records.all()) {
      if (record.isPublished || record.network.mode !== 'bridge') this.#claims.takeUp(record);
    }
    if (this.#records.all().some(({ network }) => network.mode === 'bridge')) {
      await this.#private.open();
      this.#restoring ??= setInterval(() => void this.#restore(), restoreIntervalMs).unref();
    } else await this.#private.closeAfterOthers();
  }

  /** Of the host, as the servers of the private network see it. */
  gatewayAddress(): Promise<string> {
    return this.#private.gatewayAddress();
  }

  /** The server that a port of this machine belongs to; null when it is no server's, or its server does not run. */
  ownerOf(port: PortAddress): string | null {
    return this.#claims.ownerOf(port);
  }

  /**
   * What went through a server's network since it was made, over all starts; null where it shares the machine's or that
   * cannot be told. A process of the server is needed in modes other than `bridge`.
   */
  async counters(serverId: string, pid: number | null = null): Promise<Traffic | null> {
    const record = this.#records.get(serverId);
    if (!record) return null;
    if (record.place !== null) return trafficOfCable(this.#names.cable(record.place));
    return pid === null ? null : trafficOfProcess(pid);
  }

  /** Lets go of timers; everything in the kernel stays as it is, for running servers and the next agent. */
  async close(): Promise<void> {
    if (this.#restoring) clearInterval(this.#restoring);
    this.#restoring = null;
    await Promise.allSettled(this.#turns.values());
  }

  #newRecord(serverId: string, network: ServerNetwork, bindings: readonly PortBinding[]): NetworkRecord {
    this.#names.namespace(serverId);
    const { success, data, error } = NetworkRecord.safeParse({
      serverId,
      network,
      ports: bindings,
      place: null,
      isPublished: false,
      cni: null,
    });
    if (success) return data;
    throw new AppError('invalid_input', 'The network of the server is not valid', {
      issues: toIssues(error),
    });
  }

  async #connect(wanted: NetworkRecord, signal: AbortSignal): Promise<Attachment> {
    const { serverId, network } = wanted;
    if (network.mode === 'host') {
      return { namespacePath: null, addresses: [], resolvConf: (await hostResolution()).text };
    }
    const namespacePath = this.#names.namespacePath(serverId);
    const resolvConf = (await serverResolution(network.mode !== 'bridge', this.#options)).text;
    const record = this.#records.get(serverId) ?? wanted;
    record.ports = wanted.ports;
    if (network.mode === 'bridge') {
      if (record === wanted) await this.#private.add(record);
      const saving = this.#records.save(record);
      // Looked at when both have ended: what failed is undone, and nothing else may go on then.
      saving.catch(() => {});
      const address = await this.#private.connect(record);
      await saving;
      return { namespacePath, addresses: [address], resolvConf };
    }
    this.#records.add(record);
    const addresses = await this.#cni.connect(record, network, signal);
    return { namespacePath, addresses, resolvConf };
  }

  async #remove(record: NetworkRecord): Promise<void> {
    const { serverId, network } = record;
    await this.#firewall.unpublish(serverId);
    if (network.mode === 'bridge') await this.#private.disconnect(record);
    else if (network.mode !== 'host') await this.#cni.disconnect(record);
    await this.#records.delete(serverId);
    this.#claims.release(serverId);
    if (network.mode === 'bridge') await this.#private.closeWhenEmpty();
  }

  /** Those of complete chains may have left a program running on purpose. */
  async #endLeftPrograms(): Promise<void> {
    const broken = this.#records.all().filter(({ cni }) => cni && !cni.isComplete);
    const entries = broken.map(({ serverId }) => `CNI_CONTAINERID=${this.#names.namespace(serverId)}`);
    for (const entry of [`${tag}=${this.#names.table}`, ...entries]) {
      if (!(await endLeftPrograms(entry))) {
        this.#options.log.warn({ entry }, 'A program of the agent before this one does not end');
      }
    }
  }

  async #setPublished(record: NetworkRecord, isPublished: boolean): Promise<void> {
    if (record.isPublished === isPublished) return;
    record.isPublished = isPublished;
    await this.#records.save(record);
  }

  async #restore(): Promise<void> {
    await this.#private.restore().catch((err) => {
      this.#options.log.error({ err }, "The servers' private network cannot be restored");
    });
  }

  #inTurn<T>(serverId: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(serverId) ?? Promise.resolve())
      .catch(() => {})
      .then(work)
      .catch(asAppError);
    this.#turns.set(serverId, turn);
    const forget = () => {
      if (this.#turns.get(serverId) === turn) this.#turns.delete(serverId);
    };
    turn.then(forget, forget);
    return turn;
  }
}

/** What a CNI plugin published cannot be changed afterwards. */
function isSameNetwork(one: NetworkRecord, other: NetworkRecord): boolean {
  const made = ({ network, ports }: NetworkRecord) =>
    JSON.stringify(network.mode === 'cni' ? [network, ports] : network);
  return made(one) === made(other);
}

function asAppError(error: unknown): never {
  if (!(error instanceof ProgramFailure)) throw error;
  throw new AppError('unavailable', `The server's network cannot be set up: ${error.message}`, {
    cause: error,
  });
}
