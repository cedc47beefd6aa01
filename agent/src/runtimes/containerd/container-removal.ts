import { containersApi } from './api/containers.ts';
import { snapshotsApi } from './api/snapshots.ts';
import { TaskStatus, tasksApi } from './api/tasks.ts';
import type { ContainerdClient } from './containerd-client.ts';
import { GrpcCode, hasCode } from './grpc/grpc-error.ts';

export const snapshotter = 'overlayfs';
const killPatienceMs = 10_000;

/**
 * Kills what runs in a container and removes all that containerd has of it. The record goes last: what is left when
 * this is interrupted can be found by it. Idempotent.
 */
export async function removeContainer(client: ContainerdClient, containerId: string): Promise<void> {
  await removeTask(client, containerId);
  await ifThere(client.call(snapshotsApi.remove, { snapshotter, key: containerId }));
  await ifThere(client.call(containersApi.delete, { id: containerId }));
}

/** Lets go of a task whose main process has ended; its output is complete then. */
export async function deleteEndedTask(client: ContainerdClient, containerId: string): Promise<void> {
  await ifThere(client.call(tasksApi.delete, { containerId }));
}

async function removeTask(client: ContainerdClient, containerId: string): Promise<void> {
  const task = await ifThere(client.call(tasksApi.get, { containerId }));
  if (!task?.process) return;
  if (task.process.status !== TaskStatus.stopped) {
    const ended = client.call(tasksApi.wait, { containerId }, { timeoutMs: killPatienceMs });
    // One that has never begun has nobody to wait for in some versions: what counts is the deletion.
    ended.catch(() => {});
    await ifThere(client.call(tasksApi.kill, { containerId, signal: 9, all: true }));
    await ended.catch(() => {});
  }
  await deleteEndedTask(client, containerId);
}

/** The answer, or null when what was asked about is not there. */
export async function ifThere<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking;
  } catch (error) {
    if (hasCode(error, GrpcCode.notFound)) return null;
    throw error;
  }
}
