import { AppError } from '@catalyst/shared/contract/errors';
import type { PortRange } from '@catalyst/shared/features/port-ranges';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import { type DataSource, type EntityManager, IsNull, Not } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import type { NodeRow } from '../nodes/node.entity.ts';
import { lockNode } from '../nodes/node-placement.ts';
import { poolsOf } from '../port-pools/node-port-pools.ts';
import { AllocationEntity, type AllocationRow } from './allocation.entity.ts';
import { choosePorts } from './port-choice.ts';
import { addressesOf, type PortAddress, PortTaken, type PortWish, portKey, portsMeet } from './ports.ts';
import { ServerEntity } from './server.entity.ts';
import type { Database } from './server-store.ts';

/** Each attempt rules out at least one port. */
const portAttempts = 300;

interface PortPlan {
  nodeId: string;
  serverId: string;
  wishes: readonly PortWish[];
  /** Finds the address that all its ports are on, in the transaction that holds the node. */
  findAddress?: ((manager: EntityManager) => Promise<string>) | undefined;
  /** Of which network; null for the addresses of the machine, where they can meet those of others. */
  networkId: string | null;
  /** Ports that need not be asked about, as the server itself has them. */
  current?: readonly PortBinding[];
  /** Whether the machine can tell what its other programs hold. */
  isMachineAsked: boolean;
  /** Whether who asks may have ports outside the node's pools. */
  isAnyPort: boolean;
  /** Servers in a private network are not reached by IPv6. */
  isIpv4Only: boolean;
}

interface PortParts {
  database: DataSource;
  agents: AgentDoor;
  portRange: PortRange;
}

/**
 * Finds ports that neither a server nor the machine holds, and lets them be taken together with whatever else, or not
 * at all: `take` runs in a transaction that holds the node, with the ports on record already.
 */
export async function takePorts<T>(
  { database, agents, portRange }: PortParts,
  plan: PortPlan,
  take: (manager: EntityManager, node: NodeRow, ports: PortBinding[]) => Promise<T>,
): Promise<T> {
  const machine = new MachinePorts(plan);
  for (let attempt = 0; attempt < portAttempts; attempt += 1) {
    const tried = plan.findAddress ? [] : await freePorts(database, plan, portRange, machine);
    if (!(await machine.check(agents, tried))) continue;
    const taken = await inTransaction(database, async (manager) => {
      const node = await lockNode(manager, plan.nodeId);
      const address = await plan.findAddress?.(manager);
      const wishes = plan.wishes.map((wish) => (address === undefined ? wish : { ...wish, ip: address }));
      const ports = await freePorts(manager, { ...plan, wishes }, portRange, machine);
      // Somebody took the tried ones meanwhile, and the machine has not been asked about these.
      if (!machine.isKnownFree(ports)) return null;
      await allocatePorts(manager, plan, ports);
      return { result: await take(manager, node, ports) };
    });
    if (taken) return taken.result;
  }
  throw new AppError('no_free_port', 'The node has no free port left');
}

/** What the agent said about ports of its machine. */
class MachinePorts {
  readonly busy = new Map<string, string | null>();
  readonly #free = new Set<string>();
  readonly #nodeId: string;
  readonly #isAsked: boolean;

  constructor({ nodeId, networkId, isMachineAsked, current = [] }: PortPlan) {
    this.#nodeId = nodeId;
    this.#isAsked = isMachineAsked && networkId === null;
    for (const one of current.flatMap(addressesOf)) this.#free.add(portKey(one));
  }

  isKnownFree(bindings: readonly PortBinding[]): boolean {
    return this.#unknown(bindings).length === 0;
  }

  /** Asks about the ports it has not been asked about; false when it holds one of them. */
  async check(agents: AgentDoor, bindings: readonly PortBinding[]): Promise<boolean> {
    const byIp = Map.groupBy(this.#unknown(bindings), ({ ip }) => ip);
    let areFree = true;
    for (const [ip, ports] of byIp) {
      const { taken } = await agents.call(this.#nodeId, 'ports:check', { ports });
      for (const one of ports) this.#free.add(portKey(one));
      for (const { holder, port, protocol } of taken) {
        const key = portKey({ ip, port, protocol });
        this.#free.delete(key);
        this.busy.set(key, holder);
        areFree = false;
      }
    }
    return areFree;
  }

  #unknown(bindings: readonly PortBinding[]): PortAddress[] {
    if (!this.#isAsked) return [];
    return bindings.flatMap(addressesOf).filter((one) => !this.#free.has(portKey(one)));
  }
}

async function freePorts(
  database: Database,
  { nodeId, serverId, networkId, wishes, current = [], isAnyPort, isIpv4Only }: PortPlan,
  range: PortRange,
  machine: MachinePorts,
): Promise<PortBinding[]> {
  const others = await database
    .getRepository(AllocationEntity)
    .findBy({ nodeId, serverId: Not(serverId), networkId: networkId ?? IsNull() });
  const byPort = Map.groupBy(others, ({ port }) => port);
  const holderOf = (address: PortAddress) => byPort.get(address.port)?.find((row) => portsMeet(row, address));
  const isTaken = (address: PortAddress) =>
    holderOf(address) !== undefined || machine.busy.has(portKey(address));
  const kept = new Set(current.flatMap(addressesOf).map(portKey));
  const isKept = (address: PortAddress) => kept.has(portKey(address));
  const pools = networkId === null ? await poolsOf(database, nodeId) : [];
  const usable = pools.filter(({ ip }) => !isIpv4Only || !ip.includes(':'));
  try {
    return choosePorts(wishes, {
      range,
      pools: pools.length > 0 ? usable : null,
      isAnyPort,
      isTaken,
      isKept,
    });
  } catch (error) {
    if (!(error instanceof PortTaken)) throw error;
    const { address, wish } = error;
    const row = holderOf(address);
    const holder = row ? await serverName(database, row) : machine.busy.get(portKey(address));
    throw new PortTaken(address, wish, holder ?? 'a program of this machine');
  }
}

/** In place of all that the server had. */
async function allocatePorts(
  manager: EntityManager,
  { nodeId, serverId, networkId, wishes }: PortPlan,
  bindings: readonly PortBinding[],
): Promise<void> {
  const rows = bindings.flatMap(({ name, targetPort = null, ...binding }, position) => {
    const { alias, notes, isPrimary } = wishes[position] as PortWish;
    return addressesOf(binding).map(
      (one): AllocationRow => ({
        id: uuid(),
        nodeId,
        serverId,
        networkId,
        name,
        position,
        targetPort,
        ...{ alias, notes, isPrimary },
        ...one,
      }),
    );
  });
  try {
    await manager.delete(AllocationEntity, { serverId });
    await manager.insert(AllocationEntity, rows);
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError('port_taken', 'The port was taken at this moment');
    throw error;
  }
}

/** A deleted server whose node is away keeps what it has. */
async function serverName(database: Database, { serverId }: AllocationRow): Promise<string> {
  const server = await database.getRepository(ServerEntity).findOneBy({ id: serverId });
  return server ? `the server "${server.name}"` : 'a deleted server that its node has not removed yet';
}
