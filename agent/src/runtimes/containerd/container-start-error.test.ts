import { AppError } from '@catalyst/shared/contract/errors';
import { expect, test } from 'vitest';
import { toContainerStartError } from './container-start-error.ts';
import { GrpcCode, GrpcError } from './grpc/grpc-error.ts';

const told = (message: string) =>
  toContainerStartError(new GrpcError(GrpcCode.unknown, message), new AbortController().signal);

test.each([
  [
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "no-such": executable file not found in $PATH: unknown',
    'invalid_input',
    'There is no program "no-such" in the image of the server',
  ],
  [
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/x/y": stat /x/y: no such file or directory: unknown',
    'invalid_input',
    'There is no program "/x/y" in the image of the server',
  ],
  [
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/etc": permission denied: unknown',
    'invalid_input',
    'The program of the server cannot be run: exec: "/etc": permission denied',
  ],
  [
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/nowhere" to rootfs at "/mnt": stat /nowhere: no such file or directory: unknown',
    'unavailable',
    'The server could not be started: error mounting "/nowhere" to rootfs at "/mnt": stat /nowhere: no such file or directory',
  ],
  [
    'write /var/lib/containerd/x: no space left on device: unknown',
    'disk_full',
    'There is no room on the disk to start the server',
  ],
  ['something new', 'unavailable', 'The server could not be started: something new'],
])('makes a sentence of %s', (message, code, sentence) => {
  expect(told(message)).toMatchObject({ code, message: sentence });
});

test('lets sentences pass', () => {
  const known = new AppError('conflict', 'This start has happened already');
  expect(toContainerStartError(known, new AbortController().signal)).toBe(known);
});
