import { AppError } from '@catalyst/shared/contract/errors';
import { type PortAddress, takenPorts } from '../node/ports.ts';
import type { NetworkRecord } from './network-record.ts';
import { PortClaims } from './port-claims.ts';
import { checkAddresses, ownAddresses, publishedPorts } from './published-port.ts';

/** What of this machine and its networks belongs to which server: ports, and addresses given by hand. */
export class ServerClaims {
  readonly #ports = new PortClaims();
  readonly #addresses = new Map<string, string>();

  /**
   * Claimed before it is tested, so that of servers that start at once only one goes on. Rejects (`port_taken`,
   * `conflict`, `invalid_input`) with nothing new claimed.
   */
  async claim(record: NetworkRecord): Promise<void> {
    const { serverId, network, ports: bindings } = record;
    if ('address' in network) return this.#claimAddress(serverId, bare(network.address));
    const ports = publishedPorts(bindings);
    if (network.mode === 'bridge') checkAddresses(ports, ownAddresses());
    const claimed = this.#ports.claim(serverId, ports);
    if (claimed) throw portTaken(claimed, 'another server');
    const [taken] = await takenPorts(ports);
    if (!taken) return;
    this.#ports.release(serverId);
    throw portTaken(taken, taken.holder);
  }

  /** Of a network that is there already. */
  takeUp({ serverId, network, ports }: NetworkRecord): void {
    if ('address' in network) this.#addresses.set(bare(network.address), serverId);
    else this.#ports.claim(serverId, publishedPorts(ports));
  }

  release(serverId: string): void {
    this.releasePorts(serverId);
    for (const [address, owner] of this.#addresses) {
      if (owner === serverId) this.#addresses.delete(address);
    }
  }

  releasePorts(serverId: string): void {
    this.#ports.release(serverId);
  }

  ownerOf(port: PortAddress): string | null {
    return this.#ports.ownerOf(port);
  }

  #claimAddress(serverId: string, address: string): void {
    const owner = this.#addresses.get(address) ?? serverId;
    if (owner !== serverId) {
      throw new AppError('conflict', `The address ${address} is used by another server on this node`);
    }
    this.#addresses.set(address, serverId);
  }
}

/** Without the length of its prefix. */
function bare(address: string): string {
  return address.toLowerCase().replace(/\/.*/, '');
}

function portTaken({ port, protocol }: PortAddress, holder: string | null): AppError {
  const by = holder === null ? '' : `, by ${holder}`;
  return new AppError('port_taken', `Port ${port} (${protocol}) is already taken on this node${by}.`);
}
