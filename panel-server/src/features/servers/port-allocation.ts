import { AppError } from '@catalyst/shared/contract/errors';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import type { Template } from '@catalyst/shared/features/templates';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { isUniqueViolation } from '../../database/database-errors.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { AllocationEntity, type AllocationRow } from './allocation.entity.ts';
import { choosePorts, type PortRange, portKey, transportPorts } from './ports.ts';
import { ServerEntity } from './server.entity.ts';
import type { Database } from './server-store.ts';

interface PortWish {
  nodeId: string;
  ports: Template['ports'];
  asked: number | undefined;
}

/** What the agent said about ports of its machine during one creation. */
export class MachinePorts {
  readonly free = new Set<string>();
  readonly busy = new Map<string, string | null>();
}

/** Ports that no server of the node has; those the machine itself holds are avoided too. */
export async function freePorts(
  database: Database,
  { nodeId, ports, asked }: PortWish,
  range: PortRange,
  machine: MachinePorts,
): Promise<PortBinding[]> {
  const rows = await database.getRepository(AllocationEntity).findBy({ nodeId });
  const holders = new Map(rows.map((row) => [portKey(row), row.serverId]));
  const isTaken = (key: string) => holders.has(key) || machine.busy.has(key);
  try {
    return choosePorts(ports, { range, isTaken, asked });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'port_taken' || asked === undefined) throw error;
    throw await takenError(database, asked, ports[0]?.protocol ?? 'both', holders, machine);
  }
}

/** Asks the machine about the ports it has not been asked about; false when it holds one of them. */
export async function checkOnMachine(
  agents: AgentDoor,
  nodeId: string,
  bindings: readonly PortBinding[],
  machine: MachinePorts,
): Promise<boolean> {
  const unknown = bindings.flatMap(transportPorts).filter((one) => !machine.free.has(portKey(one)));
  if (unknown.length === 0) return true;
  const { taken } = await agents.call(nodeId, 'ports:check', {
    ports: unknown.map(({ port, protocol }) => ({ ip: '0.0.0.0', port, protocol })),
  });
  for (const one of unknown) machine.free.add(portKey(one));
  for (const { holder, ...one } of taken) {
    machine.free.delete(portKey(one));
    machine.busy.set(portKey(one), holder);
  }
  return taken.length === 0;
}

export async function allocatePorts(
  manager: EntityManager,
  serverId: string,
  nodeId: string,
  bindings: readonly PortBinding[],
): Promise<void> {
  const rows = bindings.flatMap(({ name, ip, ...binding }, position) =>
    transportPorts(binding).map(
      (one): AllocationRow => ({ id: uuid(), nodeId, serverId, ip, name, position, ...one }),
    ),
  );
  try {
    await manager.insert(AllocationEntity, rows);
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError('port_taken', 'The port was taken at this moment');
    throw error;
  }
}

async function takenError(
  database: Database,
  port: number,
  protocol: PortBinding['protocol'],
  holders: ReadonlyMap<string, string>,
  machine: MachinePorts,
): Promise<AppError> {
  for (const one of transportPorts({ port, protocol })) {
    const serverId = holders.get(portKey(one));
    const server =
      serverId === undefined ? null : await database.getRepository(ServerEntity).findOneBy({ id: serverId });
    const holder = server ? `the server "${server.name}"` : machine.busy.get(portKey(one));
    if (holder) return new AppError('port_taken', `Port ${portKey(one)} is held by ${holder}`);
  }
  return new AppError('port_taken', `Port ${port} is taken on this node`);
}
