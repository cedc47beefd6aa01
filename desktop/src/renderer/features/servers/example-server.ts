import type { Server } from '@catalyst/shared/features/servers';

/** A server for tests, running and well unless told otherwise. */
export function exampleServer(changes: Partial<Server> = {}): Server {
  const id = changes.id ?? '01980000-0000-7000-8000-000000000001';
  const at = new Date('2026-03-01T12:00:00Z');
  return {
    id,
    name: 'Survival',
    description: '',
    owner: { id: '01980000-0000-7000-8000-00000000000a', name: 'alex' },
    node: { id: '01980000-0000-7000-8000-00000000000b', name: 'attic', online: true },
    template: { id: 'minecraft-js', name: 'Minecraft', icon: 'minecraft' },
    runtime: 'process',
    image: null,
    terminal: false,
    state: 'running',
    reason: null,
    reasonText: null,
    desiredState: 'running',
    reportedState: 'running',
    stateChangedAt: at,
    startedAt: at,
    exitCode: null,
    crashCount: 0,
    lastCrashAt: null,
    nextRestartAt: null,
    suspendedAt: null,
    suspendedByName: null,
    suspensionReason: null,
    allocatedMemoryMb: 2048,
    allocatedCpuCores: 2,
    allocatedDiskMb: 4096,
    swapMb: 0,
    pids: 512,
    cpuPinning: null,
    ioWeight: null,
    networkMode: 'host',
    staticIp: null,
    primaryPort: 25565,
    portBindings: [
      {
        ...{ name: 'game', ip: '0.0.0.0', port: 25565, protocol: 'tcp', address: 'play.example:25565' },
        ...{ alias: null, notes: '', primary: true },
      },
    ],
    address: 'play.example:25565',
    howToJoin: 'Enter play.example:25565',
    environment: {},
    restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 600, backoffSeconds: 1 },
    installProgress: null,
    operation: null,
    stats: null,
    permissions: ['*'],
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}
