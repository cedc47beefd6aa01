import type { InstallProgress } from '@catalyst/shared/features/agent-link';
import type { ResourceStats } from '@catalyst/shared/features/servers';
import type { z } from 'zod';

/** What changes too often for the database: the last that was heard of each server. */
export class LiveValues {
  readonly stats = new Map<string, ResourceStats>();
  readonly installProgress = new Map<string, z.output<typeof InstallProgress>>();

  forget(serverId: string): void {
    this.stats.delete(serverId);
    this.installProgress.delete(serverId);
  }
}
