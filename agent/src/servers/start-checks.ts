import { stat } from 'node:fs/promises';
import { AppError, type ErrorCode } from '@catalyst/shared/contract/errors';
import { missingPackages } from '../node/host-packages.ts';
import { addressesOf, type PortAddress, takenPorts } from '../node/ports.ts';
import { serverPath } from '../node/program-paths.ts';
import { RuntimeUnavailable } from '../runtimes/runtime.ts';
import { megabytes } from './disk-limit.ts';
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
export async function checkStart(parts: ServerParts, signal?: AbortSignal): Promise<void> {
  const { file, folder, unreachable, hostEnvironment } = parts;
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
  await checkDisk(parts, signal);
  await checkPorts(parts);
}

async function checkDisk({ file, folder }: ServerParts, signal?: AbortSignal): Promise<void> {
  const usedBytes = await folder.overuse(signal);
  if (usedBytes === null) return;
  const { diskMb } = file.record.spec.limits;
  throw new StartFailure(
    'quota_exceeded',
    'disk_limit',
    `Its files take ${megabytes(usedBytes)} MB, more than its disk limit of ${diskMb} MB. Delete some, or raise the limit.`,
  );
}

/** A port that is published for a container is held by nobody who could be found by binding it. */
async function checkPorts({ file, ownerOfPort }: ServerParts): Promise<void> {
  const { serverId, ports, network } = file.record.spec;
  if ('address' in network) return;
  const addresses = addressesOf(ports);
  for (const address of addresses) {
    const owner = ownerOfPort(address);
    if (owner !== null && owner !== serverId) throw portTaken(address, 'the container of another server');
  }
  const [taken] = await takenPorts(addresses);
  if (taken) throw portTaken(taken, taken.holder);
}

function portTaken({ port, protocol }: PortAddress, holder: string | null): StartFailure {
  const by = holder === null ? '' : `, by ${holder}`;
  return new StartFailure(
    'port_taken',
    'port_taken',
    `Port ${port} (${protocol}) is already taken on this node${by}.`,
  );
}
