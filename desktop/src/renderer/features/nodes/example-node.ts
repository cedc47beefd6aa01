import type { Node } from '@catalyst/shared/features/nodes';

/** A node for tests, online and with 16 GiB unless told otherwise. */
export function exampleNode(changes: Partial<Node> = {}): Node {
  const at = new Date('2026-03-01T12:00:00Z');
  return {
    id: '01980000-0000-7000-8000-00000000000b',
    name: 'attic',
    status: 'online',
    statusText: null,
    local: false,
    publicAddress: 'play.example',
    maxMemoryMb: 16_384,
    opensFirewall: true,
    maxCpuCores: 8,
    allocatedMemoryMb: 4096,
    allocatedCpuCores: 2,
    serverCount: 2,
    agentVersion: '0.1.0',
    fingerprint: 'SHA256:abc',
    lastSeenAt: at,
    health: null,
    createdAt: at,
    ...changes,
  };
}
