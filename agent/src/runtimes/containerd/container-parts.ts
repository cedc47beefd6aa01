import type { PortBinding, ServerNetwork, TrustedRegistry } from '@catalyst/shared/features/server-spec';
import type { Progress } from '../runtime.ts';

/** An image that is on this machine, unpacked. */
export interface ReadyImage {
  /** Name of the committed snapshot that holds its files. */
  chainId: string;
  config: { env: readonly string[]; entrypoint: readonly string[]; command: readonly string[] };
}

/** Where a runtime gets images. */
export interface ContainerImages {
  /** The image when it is on this machine; never asks a registry. */
  find(reference: string): Promise<ReadyImage | null>;
  /** The same, fetched when it is missing. Rejects with a sentence for people. */
  ensure(
    reference: string,
    options: {
      registries: readonly TrustedRegistry[];
      onProgress: (progress: Progress) => void;
      signal: AbortSignal;
    },
  ): Promise<ReadyImage>;
}

/** Where a runtime gets the networks of its servers; see ServerNetworks for what each call promises. */
export interface ContainerNetworks {
  attach(
    serverId: string,
    network: ServerNetwork,
    ports: readonly PortBinding[],
    signal: AbortSignal,
  ): Promise<ContainerNetwork>;
  publish(serverId: string): Promise<void>;
  unpublish(serverId: string): Promise<void>;
  detach(serverId: string): Promise<void>;
}

export interface ContainerNetwork {
  /** Null when the server has the machine's own network. */
  namespacePath: string | null;
  addresses: readonly string[];
  /** For the server's `/etc/resolv.conf`. */
  resolvConf: string;
}
