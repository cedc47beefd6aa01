import { isInTransition } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { strings } from './strings.ts';

export interface ServerOperation {
  server: Server;
  title: string;
  detail: string | null;
  /** Between 0 and 1; null when nobody can tell. */
  progress: number | null;
}

/** What is under way on the servers, the longest first. */
export function serverOperations(servers: readonly Server[]): ServerOperation[] {
  return servers
    .filter(isUnderWay)
    .map((server) => ({
      server,
      title: `${verbOf(server)} ${server.name}`,
      detail: detailOf(server),
      progress: server.installProgress
        ? (server.installProgress.step - 1) / server.installProgress.totalSteps
        : null,
    }))
    .sort((a, b) => a.server.stateChangedAt.getTime() - b.server.stateChangedAt.getTime());
}

function isUnderWay(server: Server): boolean {
  const status = server.operation?.status;
  return isInTransition(server.state) || status === 'pending' || status === 'running';
}

function verbOf(server: Server): string {
  if (server.state === 'installing') return strings.kinds.install;
  if (server.state === 'starting') return strings.kinds.start;
  if (server.state === 'stopping')
    return server.operation ? strings.kinds[server.operation.kind] : strings.kinds.stop;
  return server.operation ? strings.kinds[server.operation.kind] : strings.kinds.start;
}

function detailOf({ installProgress, operation }: Server): string | null {
  if (installProgress) {
    return strings.step(installProgress.step, installProgress.totalSteps, installProgress.label);
  }
  return operation?.status === 'pending' ? strings.waiting : null;
}
