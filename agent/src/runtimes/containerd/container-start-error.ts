import { AppError } from '@catalyst/shared/contract/errors';
import { toLaunchError } from '../process/launch-error.ts';
import { RuntimeUnavailable } from '../runtime.ts';
import { ContainerdUnavailable } from './containerd-client.ts';
import { GrpcError } from './grpc/grpc-error.ts';

/** What a start that failed in a container tells its caller; containerd wraps runc's reason in many words. */
export function toContainerStartError(cause: unknown, signal: AbortSignal): unknown {
  if (cause instanceof ContainerdUnavailable) return new RuntimeUnavailable(cause.message, { cause });
  if (!(cause instanceof GrpcError)) return toLaunchError(cause, signal);
  const { message } = cause;
  if (/no space left on device|disk quota exceeded/i.test(message)) {
    return new AppError('disk_full', 'There is no room on the disk to start the server', { cause });
  }
  const missing = /exec: \\?"(.+?)\\?": (?:executable file not found|stat .*no such file)/.exec(message)?.[1];
  if (missing !== undefined) {
    return new AppError('invalid_input', `There is no program "${missing}" in the image of the server`, {
      cause,
    });
  }
  if (/exec: .*permission denied|exec format error/i.test(message)) {
    return new AppError('invalid_input', `The program of the server cannot be run: ${reasonIn(message)}`, {
      cause,
    });
  }
  return new AppError('unavailable', `The server could not be started: ${reasonIn(message)}`, { cause });
}

/** The last of the causes, each of which is put before the next: the one that says something. */
export function reasonIn(message: string): string {
  const innermost = message
    .replace(/: unknown$/, '')
    .replace(/^.*(?:runc create failed|container process|container init): /s, '')
    .replace(/^.*\bcaused: /s, '')
    .trim();
  return innermost.slice(0, 300) || message.slice(0, 300);
}
