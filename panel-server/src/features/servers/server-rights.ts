import { AppError } from '@catalyst/shared/contract/errors';
import { isGranted, type Permission } from '@catalyst/shared/contract/permissions';
import type { RuntimeName } from '@catalyst/shared/features/server-spec';
import type { ServerChanges } from '@catalyst/shared/features/servers';
import type { Caller } from '../../access.ts';
import type { NetworkChoice } from '../networks/network-choice.ts';
import type { ServerRow } from './server.entity.ts';

const fineLimits = ['swapMb', 'pids', 'cpuPinning', 'ioWeight'] as const;
const limits = ['allocatedMemoryMb', 'allocatedCpuCores', 'allocatedDiskMb', ...fineLimits] as const;
type Limits = Pick<ServerRow, (typeof limits)[number]>;

/** What servers have when nobody says anything else; choosing it takes no right. */
export const usualLimits = { swapMb: 0, pids: 512, cpuPinning: null, ioWeight: null } as const;

/** An owner must not give himself more of the node; sending back what is there changes nothing. */
export function assertMayChangeLimits(
  before: Partial<Limits>,
  changes: Pick<ServerChanges, (typeof limits)[number]>,
  caller: Caller,
): void {
  const changed = limits.filter(
    (name) => name in before && changes[name] !== undefined && changes[name] !== before[name],
  );
  if (changed.length > 0) {
    assertMay(caller, 'server.limits', changed, 'Changing what a server may use');
  }
}

/** Networks are the node's, and the machine's own network is no wall at all. */
export function assertMayChooseNetwork(
  choice: Pick<NetworkChoice, 'networkMode'>,
  runtime: RuntimeName,
  caller: Caller,
): void {
  if (choice.networkMode === 'host' && runtime === 'containerd') {
    assertMay(caller, 'node.update', ['networkMode'], "Giving a container the machine's own network");
  }
  assertMay(caller, 'server.limits', ['networkMode'], "Choosing a server's network");
}

/** A process is less walled in than the container it could be. */
export function assertMayChooseRuntime(chosen: RuntimeName, usual: RuntimeName | null, caller: Caller): void {
  if (chosen === usual || usual !== 'containerd') return;
  assertMay(caller, 'node.update', ['runtime'], 'Running a server without a container');
}

export function assertMayChangePorts(row: ServerRow, caller: Caller): void {
  const isOwner = row.ownerId === caller.userId;
  if (isGranted(caller.grants, 'allocation.write', isOwner)) return;
  throw refusal('allocation.write', ['portBindings'], 'Changing the ports of a server');
}

function assertMay(caller: Caller, permission: Permission, paths: readonly string[], what: string): void {
  if (!isGranted(caller.grants, permission)) throw refusal(permission, paths, what);
}

function refusal(permission: Permission, paths: readonly string[], what: string): AppError {
  return new AppError('forbidden', `${what} needs the permission ${permission}`, {
    issues: paths.map((path) => ({ path, message: 'may not be changed by you' })),
  });
}
