import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import type { CniConfig } from './cni-configs.ts';
import { ProgramFailure, type RunProgram } from './run-program.ts';

const pluginFolders = ['/usr/lib/cni', '/opt/cni/bin'];
/** A plugin may wait for an answer of the network, as dhcp does. */
const timeoutMs = 30_000;

export interface CniCall {
  command: 'ADD' | 'DEL';
  containerId: string;
  namespacePath: string;
  config: CniConfig;
  previousResult: Record<string, unknown> | null;
}

/** Runs CNI plugins, of one folder only: a name cannot lead out of it. */
export class CniPlugins {
  readonly folder: string;
  readonly #run: RunProgram;

  constructor(folder: string | null, run: RunProgram) {
    this.folder = folder ?? pluginFolders.find(existsSync) ?? (pluginFolders[0] as string);
    this.#run = run;
  }

  has(type: string): boolean {
    return /^[A-Za-z0-9_-]{1,64}$/.test(type) && existsSync(join(this.folder, type));
  }

  /** Throws `unavailable` when one is missing, before anything is done. */
  require(types: readonly string[]): void {
    const missing = types.filter((type) => !this.has(type));
    if (missing.length === 0) return;
    throw new AppError(
      'unavailable',
      `This node lacks the CNI plugin ${missing.join(', ')} in ${this.folder} (Debian and Ubuntu have it in the package containernetworking-plugins)`,
    );
  }

  /** The plugin's result, null where it has none. Rejects with `unavailable`, in the plugin's own words. */
  async call({ command, containerId, namespacePath, config, previousResult }: CniCall) {
    const { type } = config;
    this.require([type]);
    const environment = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: containerId,
      CNI_NETNS: namespacePath,
      CNI_IFNAME: 'eth0',
      CNI_PATH: this.folder,
    };
    const input = JSON.stringify(previousResult ? { ...config, prevResult: previousResult } : config);
    try {
      const output = await this.#run(join(this.folder, type), [], { input, environment, timeoutMs });
      return output.trim() === '' ? null : (JSON.parse(output) as Record<string, unknown>);
    } catch (cause) {
      const words =
        cause instanceof ProgramFailure ? (errorIn(cause.stdout) ?? cause.message) : 'its answer is not JSON';
      throw new AppError('unavailable', `The CNI plugin ${type} failed: ${words}`, { cause });
    }
  }
}

function errorIn(output: string): string | null {
  try {
    const { msg, details } = JSON.parse(output) as { msg?: string; details?: string };
    return [msg, details].filter(Boolean).join('; ').slice(0, 500) || null;
  } catch {
    return null;
  }
}
