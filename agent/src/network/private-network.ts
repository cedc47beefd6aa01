import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Logger } from '../logger.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import type { Firewall } from './firewall.ts';
import { writeKernelSetting } from './kernel-setting.ts';
import type { NetworkNames } from './network-names.ts';
import type { NetworkRecord } from './network-record.ts';
import type { NetworkRecords } from './network-records.ts';
import { ownAddresses, publishedPorts } from './published-port.ts';
import type { Publication } from './rule-set.ts';
import type { RunProgram } from './run-program.ts';
import { ServerCables } from './server-cables.ts';
import { addressAt, formatSubnet, gatewayOf, type Subnet, serverPlaces } from './subnet.ts';
import type { SubnetChoice } from './subnet-choice.ts';

const forwarding = '/proc/sys/net/ipv4/ip_forward';

export interface PrivateNetworkParts {
  names: NetworkNames;
  records: NetworkRecords;
  firewall: Firewall;
  choice: SubnetChoice;
  run: RunProgram;
  log: Logger;
  nameServers: () => Promise<string[]>;
}

/**
 * The network of the servers in mode `bridge`: each has a cable to the host and an address that only the host routes,
 * so servers see each other no more than strangers do. There is no shared device that one could listen or spoof on.
 */
export class PrivateNetwork {
  readonly #parts: PrivateNetworkParts;
  readonly #cables: ServerCables;
  readonly #queue = oneAtATime();
  #opened: Subnet | null = null;
  #lastPlace = 1;

  constructor(parts: PrivateNetworkParts) {
    this.#parts = parts;
    this.#cables = new ServerCables(parts.names, parts.run);
  }

  /** What all its servers share: the block of addresses, forwarding, the firewall table. Made once. */
  open(): Promise<Subnet> {
    return this.#queue(async () => {
      this.#opened ??= await this.#open();
      return this.#opened;
    });
  }

  /** Of the host, as all its servers see it. */
  async gatewayAddress(): Promise<string> {
    return gatewayOf(await this.open());
  }

  /** Takes away what they share when none of them is left. */
  closeWhenEmpty(): Promise<void> {
    return this.#queue(async () => {
      if (this.#members().length > 0) return;
      this.#opened = null;
      await this.#parts.firewall.remove();
      await this.#parts.choice.release();
    });
  }

  /** Makes what others have undone meanwhile: the firewall table, forwarding. */
  restore(): Promise<void> {
    return this.#queue(async () => {
      if (!this.#opened) return;
      await this.#allowForwarding();
      await this.#parts.firewall.restore();
    });
  }

  /** `closeWhenEmpty` after the start of an agent: only where an earlier one made something. */
  async closeAfterOthers(): Promise<void> {
    if (!this.#parts.choice.wasMade()) return;
    await this.closeWhenEmpty().catch((err) => {
      this.#parts.log.warn({ err }, "What is left of the servers' private network cannot be removed");
    });
  }

  /** Gives the server a place that no other has; the one used last is the last to be used again. Throws `limit_reached`. */
  async add(record: NetworkRecord): Promise<void> {
    const { first, last } = serverPlaces(await this.open());
    const taken = new Set(this.#members().map(({ place }) => place));
    for (let tried = first; tried <= last; tried++) {
      this.#lastPlace = this.#lastPlace >= last ? first : Math.max(first, this.#lastPlace + 1);
      if (taken.has(this.#lastPlace)) continue;
      record.place = this.#lastPlace;
      this.#parts.records.add(record);
      return;
    }
    throw new AppError('limit_reached', 'The private network of this node has no free address left');
  }

  /** Gives a server its namespace, cable and address; one that has them keeps them. Its address. */
  async connect({ serverId, place }: NetworkRecord): Promise<string> {
    const subnet = await this.open();
    if (place === null) throw new Error('A server without a place cannot be connected');
    const address = addressAt(subnet, place);
    if (!this.#cables.isThere(serverId, place)) {
      await this.#cables.remove({ serverId, place });
      await this.#cables.make(serverId, place, address, gatewayOf(subnet));
    }
    return address;
  }

  /** Nothing happens to what is not there. */
  disconnect(record: NetworkRecord): Promise<void> {
    return this.#cables.remove(record);
  }

  async publicationOf(record: NetworkRecord): Promise<Publication> {
    const subnet = await this.open();
    return publicationIn(subnet, record);
  }

  #members(): NetworkRecord[] {
    return this.#parts.records.all().filter(({ network }) => network.mode === 'bridge');
  }

  async #open(): Promise<Subnet> {
    const { choice, firewall, names, nameServers } = this.#parts;
    const isInUse = this.#members().some(({ isPublished }) => isPublished);
    const { subnet, isNew } = await choice.choose(isInUse);
    // Before it is remembered: nobody has an address of another block then.
    if (isNew) for (const member of this.#members()) await this.disconnect(member);
    await choice.claim(subnet);
    await this.#allowForwarding();
    const own = ownAddresses();
    const ownNameServers = (await nameServers()).filter((address) => isIPv4(address) && own.has(address));
    const published = this.#members().filter(({ isPublished }) => isPublished);
    await firewall.open(
      { table: names.table, cablePrefix: names.cablePrefix, subnet: formatSubnet(subnet), ownNameServers },
      new Map(published.map((record) => [record.serverId, publicationIn(subnet, record)])),
    );
    return subnet;
  }

  async #allowForwarding(): Promise<void> {
    if ((await readFile(forwarding, 'utf8')).trim() === '1') return;
    await writeKernelSetting(forwarding);
    this.#parts.log.info(
      'This machine now passes packets on between networks, for servers (net.ipv4.ip_forward)',
    );
  }
}

function publicationIn(subnet: Subnet, { place, ports }: NetworkRecord): Publication {
  if (place === null) throw new Error('A server without a place cannot be published');
  return { address: addressAt(subnet, place), zone: place, ports: publishedPorts(ports) };
}
