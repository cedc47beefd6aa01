import { callUrl } from '@catalyst/shared/contract/client';
import { AppError, ErrorBody } from '@catalyst/shared/contract/errors';
import { fileRoutes } from '@catalyst/shared/features/files';
import { basePath } from '../../../api/client.ts';
import { type FilePath, pathFields } from '../file-path.ts';
import { transferStrings as strings } from './strings.ts';

/** What the panel takes in one request. */
const mostBytes = 100 * 1024 * 1024;

export interface FileToSend {
  serverId: string;
  path: FilePath;
  file: File;
  /** Else it is refused with `conflict` when there is something. */
  replace: boolean;
}

/** Sends a file as a whole; until all of it has come the panel keeps what was there. It is read as it is sent. */
export function sendFile(
  { serverId, path, file, replace }: FileToSend,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    if (file.size > mostBytes) throw new AppError('payload_too_large', strings.tooLarge(mostBytes));
    const query = { ...pathFields(path), replace: replace ? ('true' as const) : ('false' as const) };
    // Of fetch nobody learns how far it is.
    const request = new XMLHttpRequest();
    request.open('POST', basePath + callUrl(fileRoutes.upload, { params: { id: serverId }, query }));
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    request.addEventListener('load', () => (request.status === 201 ? resolve() : reject(refusalOf(request))));
    request.addEventListener('error', () => reject(new AppError('unavailable', strings.brokeOff)));
    request.addEventListener('abort', () => reject(signal.reason));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

function refusalOf({ status, responseText }: XMLHttpRequest): AppError {
  let body: unknown;
  try {
    body = JSON.parse(responseText);
  } catch {
    // A proxy in between speaks another language.
  }
  const refusal = ErrorBody.safeParse(body);
  return refusal.success
    ? AppError.fromBody(refusal.data)
    : new AppError('unavailable', strings.noReason(status));
}
