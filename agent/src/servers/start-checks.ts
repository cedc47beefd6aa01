import { stat } from 'node:fs/promises';
import { AppError, type ErrorCode } from '@catalyst/shared/contract/errors';
import { missingPackages } from '../node/host-packages.ts';
import { addressesOf, takenPorts } from '../node/ports.ts';
import { serverPath } from '../node/program-paths.ts';
import { RuntimeUnavailable } from '../runtimes/runtime.ts';
import type { Reason } from './end-of-run.ts';
import type { ServerParts } from './server-parts.ts';

/** A server that could not even be started, and the reason its state will show. */
export class StartFailure extends AppError {
  readonly reason: Reason['reason'];

  constructor(code: ErrorCode, reason: Reason['reason'], message: string) {
    super(code, message);
    this.reason = reason;
  }
}

/** Why something did not begin, where that is known; null when all there is is a sentence. */
export function reasonOfFailure(error: unknown): Reason['reason'] | null {
  if (error instanceof StartFailure) return error.reason;
  return error instanceof RuntimeUnavailable ? 'runtime_unavailable' : null;
}

/** Throws a StartFailure for what can be known before anything is started. */
export async function checkStart({ file, folder, unreachable, hostEnvironment }: ServerParts): Promise<void> {
  const { spec } = file.record;
  if (unreachable !== null) throw new StartFailure('unavailable', 'start_failed', unreachable);
  if (!(await stat(folder.path).catch(() => null))?.isDirectory()) {
    throw new StartFailure('unavailable', 'data_missing', "The server's files are missing on this node.");
  }
  const missing = missingPackages(spec.hostPackages, serverPath(hostEnvironment));
  if (missing.length > 0) {
    const names = missing.join(', ');
    throw new StartFailure(
      'host_package_missing',
      'host_package_missing',
      `This node lacks packages that the server needs: ${names}.`,
    );
  }
  const [taken] = await takenPorts(addressesOf(spec.ports));
  if (!taken) return;
  const holder = taken.holder ? `, by ${taken.holder}` : '';
  throw new StartFailure(
    'port_taken',
    'port_taken',
    `Port ${taken.port} (${taken.protocol}) is already taken on this node${holder}.`,
  );
}
