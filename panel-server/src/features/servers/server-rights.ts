import { AppError } from '@catalyst/shared/contract/errors';
import type { Permission } from '@catalyst/shared/contract/permissions';
import type { RuntimeName } from '@catalyst/shared/features/server-spec';
import type { ServerChanges } from '@catalyst/shared/features/servers';
import { type Caller, isPermitted, type Place, type ServerPlace } from '../../access.ts';
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
  place: Place,
): void {
  const changed = limits.filter(
    (name) => name in before && changes[name] !== undefined && changes[name] !== before[name],
  );
  if (changed.length > 0) {
    assertMay(caller, place, 'server.limits', changed, 'Changing what a server may use');
  }
}

/** Networks are the node's, and the machine's own network is no wall at all. */
export function assertMayChooseNetwork(
  choice: Pick<NetworkChoice, 'networkMode'>,
  runtime: RuntimeName,
  caller: Caller,
  place: Place,
): void {
  if (choice.networkMode === 'host' && runtime === 'containerd') {
    assertMay(caller, place, 'node.update', ['networkMode'], "Giving a container the machine's own network");
  }
  assertMay(caller, place, 'server.limits', ['networkMode'], "Choosing a server's network");
}

/** A process is less walled in than the container it could be. */
export function assertMayChooseRuntime(
  chosen: RuntimeName,
  usual: RuntimeName | null,
  caller: Caller,
  place: Place,
): void {
  if (chosen === usual || usual !== 'containerd') return;
  assertMay(caller, place, 'node.update', ['runtime'], 'Running a server without a container');
}

export function assertMayChangePorts(place: ServerPlace, caller: Caller): void {
  assertMay(caller, place, 'allocation.write', ['portBindings'], 'Changing the ports of a server');
}

/** It is what deleting them one by one would be. */
export function assertMayWipe(place: ServerPlace, caller: Caller): void {
  assertMay(caller, place, 'file.delete', ['data'], 'Wiping the files of a server');
}

function assertMay(
  caller: Caller,
  place: Place,
  permission: Permission,
  paths: readonly string[],
  what: string,
): void {
  if (!isPermitted(caller, permission, place)) throw refusal(permission, paths, what);
}

function refusal(permission: Permission, paths: readonly string[], what: string): AppError {
  return new AppError('forbidden', `${what} needs the permission ${permission}`, {
    issues: paths.map((path) => ({ path, message: 'may not be changed by you' })),
  });
}
