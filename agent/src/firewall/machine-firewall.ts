import type { FirewallReport } from '@catalyst/shared/features/firewall-link';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import { isUp, type ServerState } from '@catalyst/shared/features/server-states';
import type { Logger } from '../logger.ts';
import type { NetworkNames } from '../network/network-names.ts';
import { type RunProgram, runProgram } from '../network/run-program.ts';
import { addressesOf, type PortAddress } from '../node/ports.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { findGates } from './find-gates.ts';
import type { FirewallChoice } from './firewall-choice.ts';
import { type Allowed, type Gate, gateNames, isLoopback, nothingAllowed } from './gate.ts';

type ServerPorts = Pick<ServerSpec, 'serverId' | 'network' | 'ports'>;

/** What of a server others must be able to reach while it is up. */
interface Opening {
  ports: PortAddress[];
  isForwarded: boolean;
}

export interface MachineFirewallOptions {
  names: NetworkNames;
  choice: FirewallChoice;
  log: Logger;
  run?: RunProgram;
  /** Whether the agent may change it; of this process when left out. */
  isRoot?: boolean;
  /** How often it is looked whether others have taken away what was opened, or a firewall came up. */
  lookEveryMs?: number;
}

/**
 * Openings in the firewall of this machine for servers that are up, as long as somebody wants that. A packet must pass
 * everybody's chains, so a table of our own cannot open anything: the closed chains of others each get one rule that
 * leads to a chain of ours. What servers wait for never depends on it: an opening that fails is told, and tried again.
 */
export class MachineFirewall {
  readonly #options: MachineFirewallOptions;
  readonly #run: RunProgram;
  readonly #openings = new Map<string, Opening>();
  readonly #queue = oneAtATime();
  readonly #timer: NodeJS.Timeout;
  #next: Promise<void> | null = null;
  #failure: string | null = null;
  /** An earlier agent may have opened something. */
  #mayBeOpen = true;
  /** Until all servers are known, what an earlier agent opened for them stays. */
  #isReady = false;

  constructor(options: MachineFirewallOptions) {
    this.#options = options;
    this.#run = options.run ?? runProgram;
    this.#timer = setInterval(() => void this.apply(), options.lookEveryMs ?? 60_000).unref();
  }

  /** All servers of earlier agents are known, each with the state it was in last. */
  ready(): Promise<void> {
    this.#isReady = true;
    return this.apply();
  }

  /** Called at each change of a server's state. Its ports are those it was started with. */
  follow(spec: ServerPorts, state: ServerState): void {
    const isKnown = this.#openings.has(spec.serverId);
    if (isUp(state) === isKnown && state !== 'starting' && state !== 'running') return;
    if (isUp(state)) this.#openings.set(spec.serverId, openingOf(spec));
    else this.#openings.delete(spec.serverId);
    void this.apply();
  }

  /** Whether it is to be opened for servers. */
  get opens(): boolean {
    return this.#options.choice.opens;
  }

  /** Kept over restarts of the agent. */
  async choose(opens: boolean): Promise<void> {
    await this.#options.choice.save(opens);
    await this.apply();
  }

  /** Makes the openings those of the servers that are up. Never rejects; changes that come meanwhile go out together. */
  apply(): Promise<void> {
    if (!this.#isReady || this.#unavailable() !== null) return Promise.resolve();
    this.#next ??= this.#queue(async () => {
      this.#next = null;
      const allowed = this.#allowed();
      const isWanted = allowed.ports.length > 0 || allowed.cablePrefix !== null;
      if (!isWanted && !this.#mayBeOpen) return;
      // Also what fails halfway may leave openings.
      if (isWanted) this.#mayBeOpen = true;
      const failures = await this.#setGates(allowed);
      if (failures.length === 0) this.#mayBeOpen = isWanted;
      this.#failure = failures.length > 0 ? failures.join('; ') : null;
    });
    return this.#next;
  }

  /** What went wrong. One that fails does not keep the others as they were. */
  async #setGates(allowed: Allowed): Promise<string[]> {
    const failures: string[] = [];
    const attempt = async (work: () => Promise<void>) => {
      try {
        await work();
      } catch (err) {
        failures.push((err as Error).message);
        this.#options.log.warn({ err }, "The machine's firewall cannot be changed for servers");
      }
    };
    await attempt(async () => {
      const { gates, unread } = await this.#gates();
      failures.push(...unread);
      for (const gate of gates) await attempt(() => gate.set(gate.isClosed ? allowed : nothingAllowed));
    });
    return failures;
  }

  /** Looks at what there is now. */
  report(): Promise<FirewallReport> {
    return this.#queue(async () => {
      const unavailable = this.#unavailable();
      const nothing = { unavailable, gates: [], openPorts: [], isForwardingOpen: false, notes: [] };
      if (unavailable !== null) return nothing;
      const { gates, hasFirewalld, unread } = await this.#gates();
      const closed = gates.filter(({ isClosed }) => isClosed);
      const allowed = this.#allowed();
      const isOpen = (hook: Gate['hook']) => {
        const those = closed.filter((gate) => gate.hook === hook);
        return those.length > 0 && those.every((gate) => gate.allows(allowed));
      };
      return {
        unavailable,
        gates: closed.slice(0, 100).map(({ name, hook }) => ({ name: name.slice(0, 200), hook })),
        openPorts: this.#options.choice.opens && isOpen('input') ? this.#openPorts().slice(0, 10_000) : [],
        isForwardingOpen: allowed.cablePrefix !== null && isOpen('forward'),
        notes: [
          ...(hasFirewalld ? [firewalldNote] : []),
          ...unread.slice(0, 10),
          ...(this.#failure === null
            ? []
            : [`The last try to change it failed: ${this.#failure}`.slice(0, 1000)]),
        ],
      };
    });
  }

  /** What is open stays so, for running servers and the next agent. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#queue(async () => {});
  }

  #unavailable(): string | null {
    const { isRoot = process.platform === 'linux' && process.getuid?.() === 0 } = this.#options;
    return isRoot ? null : 'Only an agent that runs as root, on Linux, can open ports in the firewall.';
  }

  #gates() {
    return findGates(gateNames(this.#options.names.table), this.#run);
  }

  #allowed(): Allowed {
    const { choice, names } = this.#options;
    if (!choice.opens) return nothingAllowed;
    const isForwarded = [...this.#openings.values()].some((opening) => opening.isForwarded);
    return {
      ports: this.#openPorts(),
      cablePrefix: isForwarded ? names.cablePrefix : null,
    };
  }

  #openPorts() {
    return [...this.#openings].flatMap(([serverId, { ports }]) =>
      ports.map((port) => ({ serverId, ...port })),
    );
  }
}

const firewalldNote =
  'firewalld runs here, and changes only by its own program: allow ports with "firewall-cmd --permanent --add-port=25565/tcp" and "firewall-cmd --reload".';

/** What goes to a network beside the machine's, as with macvlan, does not pass its firewall. */
function openingOf({ network, ports }: ServerPorts): Opening {
  const isHost = network.mode === 'host';
  return {
    ports: isHost ? addressesOf(ports).filter(({ ip }) => !isLoopback(ip)) : [],
    isForwarded: network.mode === 'bridge' && ports.length > 0,
  };
}
