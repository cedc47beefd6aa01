import { pause } from '../../waiting.ts';
import { TaskStatus, tasksApi } from './api/tasks.ts';
import { ifThere } from './container-removal.ts';
import { type ContainerdClient, ContainerdUnavailable } from './containerd-client.ts';

export interface EndedTask {
  /** As a shell tells it: 128 and the number of the signal when a signal ended it. */
  status: number;
  at: Date;
}

/** How long containerd may be away, or not have noticed, before the exit code counts as lost. */
const patienceMs = 10_000;
const retryMs = 20;

/** How a task ended whose main process is known to be gone; null when nobody can tell. */
export async function howItEnded(
  client: ContainerdClient,
  containerId: string,
  signal: AbortSignal = AbortSignal.timeout(patienceMs),
): Promise<EndedTask | null> {
  for (;;) {
    try {
      const task = await ifThere(client.call(tasksApi.get, { containerId }, { signal }));
      if (!task?.process) return null;
      const { status, exitStatus, exitedAt } = task.process;
      if (status === TaskStatus.stopped) return { status: exitStatus, at: exitedAt ?? new Date() };
      await pause(retryMs, signal);
    } catch (error) {
      if (signal.aborted) return null;
      if (!(error instanceof ContainerdUnavailable)) throw error;
      await client.whenAvailable(signal).catch(() => {});
      if (signal.aborted) return null;
    }
  }
}
