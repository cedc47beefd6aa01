import { ServerSpec } from '@catalyst/shared/features/server-spec';
import type { z } from 'zod';
import { newId } from './ids.ts';

/** A server of the fake runtime that obeys `commands` (fake-game.ts) and is running once it says "ready". */
export function fakeSpec(
  commands: readonly string[],
  changes: Partial<z.input<typeof ServerSpec>> = {},
): ServerSpec {
  return ServerSpec.parse({
    serverId: newId(),
    revision: 1,
    runtime: 'fake',
    argv: ['fake', ...commands],
    environment: {},
    limits: { memoryMb: 256, cpuCores: 2, diskMb: 100, pids: 64 },
    ports: [],
    done: { kind: 'line', contains: 'ready', timeoutSeconds: 10 },
    stop: { kind: 'command', command: 'stop', timeoutSeconds: 5 },
    restartPolicy: { mode: 'never' },
    install: { steps: [] },
    ...changes,
  });
}
