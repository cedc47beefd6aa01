import { type Permission, permissionCatalogue, permissions } from '@catalyst/shared/contract/permissions';
import type { InstallProgress } from '@catalyst/shared/features/agent-link';
import { isUp } from '@catalyst/shared/features/server-states';
import type { Operation, ResourceStats, Server } from '@catalyst/shared/features/servers';
import { isEveryAddress } from '@catalyst/shared/features/subnets';
import type { Template } from '@catalyst/shared/features/templates';
import type { z } from 'zod';
import { type Caller, isOwnSuspended, isPermitted, type ServerPlace } from '../../access.ts';
import type { OperationRow } from '../operations/operation.entity.ts';
import type { ServerRow } from './server.entity.ts';
import { hasTerminal, imageLabel, startupLabel } from './server-spec.ts';
import type { KnownPort, ServerRecord } from './server-store.ts';
import { portValues } from './variable-ports.ts';

/** What a server's description takes from elsewhere. */
interface ServerSurroundings {
  place: ServerPlace;
  ownerName: string | undefined;
  node: { id: string; name: string; isOnline: boolean; publicAddress: string };
  template: Template | undefined;
  stats: ResourceStats | null;
  installProgress: z.output<typeof InstallProgress> | null;
  mayOwnersDelete: boolean;
}

/** A server as one caller may see it. */
export function describeServer(
  { row, ports, operation }: ServerRecord,
  { place, ownerName, node, template, stats, installProgress, mayOwnersDelete }: ServerSurroundings,
  caller: Caller,
): Server {
  const primaryIndex = Math.max(
    0,
    ports.findIndex(({ isPrimary }) => isPrimary),
  );
  const portBindings = ports.map((port, index) => ({
    ...port.binding,
    alias: port.alias,
    notes: port.notes,
    primary: index === primaryIndex,
    address: addressOf(port, row, node.publicAddress),
  }));
  const primary = portBindings[primaryIndex];
  const address = primary?.address ?? `${bracketed(node.publicAddress)}:0`;
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    tags: row.tags,
    group: row.group,
    notes: row.notes,
    owner: { id: row.ownerId, name: ownerName ?? '' },
    node: { id: node.id, name: node.name, online: node.isOnline },
    template: {
      id: row.templateId,
      name: template?.name ?? row.templateId,
      icon: template?.icon ?? 'unknown',
    },
    runtime: row.runtime,
    image: template ? imageLabel(row, template) : row.image,
    startupLine: template ? startupLabel(row, template) : row.startupLine,
    terminal: template !== undefined && hasTerminal(row, template),
    state: row.state,
    reason: row.reason,
    reasonText: row.reasonText,
    desiredState: row.desiredState,
    reportedState: row.reportedState,
    stateChangedAt: row.stateChangedAt,
    startedAt: row.startedAt,
    exitCode: row.exitCode,
    crashCount: row.crashCount,
    lastCrashAt: row.lastCrashAt,
    nextRestartAt: row.nextRestartAt,
    suspendedAt: row.suspendedAt,
    suspendedByName: row.suspendedByName,
    suspensionReason: row.suspensionReason,
    allocatedMemoryMb: row.allocatedMemoryMb,
    allocatedCpuCores: row.allocatedCpuCores,
    allocatedDiskMb: row.allocatedDiskMb,
    swapMb: row.swapMb,
    pids: row.pids,
    cpuPinning: row.cpuPinning,
    ioWeight: row.ioWeight,
    networkMode: row.networkMode,
    staticIp: row.staticIp,
    primaryPort: primary?.port ?? 0,
    portBindings,
    address,
    howToJoin: template ? template.howToJoin.replaceAll('{{ADDRESS}}', () => address) : null,
    environment: visibleEnvironment(
      { ...row.environment, ...(template && portValues(template, portBindings)) },
      template,
      mayEditAll(caller, { nodeId: row.nodeId }),
    ),
    restartPolicy: row.restartPolicy,
    installProgress: row.state === 'installing' ? installProgress : null,
    operation: operation && describeOperation(operation),
    // A sample may come in after the news that the game ended.
    stats: node.isOnline && isUp(row.state) ? stats : null,
    permissions: permissions.filter(
      (permission) =>
        (isAboutOneServer(permission) && isPermitted(caller, permission, place)) ||
        (permission === 'server.delete' && mayOwnersDelete && isOwnSuspended(caller, place)),
    ),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** Owning a server does not give the rights to its limits and to suspend it, but its page shows whether the caller has them. */
const isAboutOneServer = (permission: Permission) =>
  permissionCatalogue[permission].scope === 'server' ||
  permission === 'server.limits' ||
  permission === 'server.suspend';

/** Who may change the servers of others there may also change what their users may not. */
export function mayEditAll(caller: Caller, place: { nodeId: string } | 'some-nodes'): boolean {
  return isPermitted(caller, 'server.update', place);
}

function describeOperation({ id, kind, status, error, ...times }: OperationRow): Operation {
  const { startedAt, deadlineAt, finishedAt } = times;
  return { id, kind, status, error, startedAt, deadlineAt, finishedAt };
}

/** Secret values are not in the row's open part, so they come out empty. */
function visibleEnvironment(
  values: Readonly<Record<string, string>>,
  template: Template | undefined,
  seesAll: boolean,
): Record<string, string> {
  const visible = (template?.variables ?? []).filter(({ userVisible }) => userVisible || seesAll);
  return Object.fromEntries(visible.map(({ name }) => [name, values[name] ?? '']));
}

/** Where others reach it: by a name if it has one; all addresses of the machine are the one that is told to people. */
function addressOf(
  { binding: { ip, port }, alias, poolAlias }: KnownPort,
  { staticIp }: ServerRow,
  publicAddress: string,
): string {
  const address = staticIp ?? (isEveryAddress(ip) ? publicAddress : ip);
  return `${bracketed(alias ?? poolAlias ?? address)}:${port}`;
}

const bracketed = (address: string) => (address.includes(':') ? `[${address}]` : address);
