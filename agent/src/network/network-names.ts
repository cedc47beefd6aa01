import { AppError } from '@catalyst/shared/contract/errors';

/** Where `ip netns` keeps them, so that an administrator sees them too. */
export const namespaceFolder = '/run/netns';

/**
 * The names of everything an agent makes in the kernel. Those of two agents on one machine differ by their prefix, and
 * each is recognised as this agent's own without any record of it.
 */
export class NetworkNames {
  /** Of the nftables table. */
  readonly table: string;
  /** How the host's ends of the servers' cables begin; Linux allows 15 characters. */
  readonly cablePrefix: string;
  readonly #namespacePrefix: string;

  constructor(prefix: string) {
    if (!/^[a-z0-9]{1,6}$/.test(prefix)) {
      throw new Error('The prefix of network names must be 1 to 6 lower case letters or digits');
    }
    this.table = `catalyst_${prefix}`;
    this.cablePrefix = `ct${prefix}-`;
    this.#namespacePrefix = `catalyst-${prefix}-`;
  }

  cable(index: number): string {
    return `${this.cablePrefix}${index}`;
  }

  namespace(serverId: string): string {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(serverId)) {
      throw new AppError('invalid_input', 'This is not the id of a server');
    }
    return this.#namespacePrefix + serverId;
  }

  namespacePath(serverId: string): string {
    return `${namespaceFolder}/${this.namespace(serverId)}`;
  }

  isNamespace(name: string): boolean {
    return name.startsWith(this.#namespacePrefix);
  }
}
