import { callUrl } from '@catalyst/shared/contract/client';
import { AppError, ErrorBody } from '@catalyst/shared/contract/errors';
import { uploadRoutes } from '@catalyst/shared/features/uploads';
import type { DetailedError } from 'tus-js-client';
import { basePath } from '../../../api/client.ts';
import { type FilePath, pathFields } from '../file-path.ts';
import { transferStrings as strings } from './strings.ts';
import type { Sending } from './transfer-queue.ts';

export interface FileToSend {
  serverId: string;
  path: FilePath;
  file: File;
  /** Else it is refused with `conflict` when there is something. */
  replace: boolean;
  begun: BegunUpload;
}

/** What of a file is on the server before all of it is; whoever sends it again goes on there. */
export interface BegunUpload {
  url?: string;
  path?: FilePath;
  replace?: boolean;
}

const retryDelays = [1000, 3000, 5000, 10_000];

/** Sends a file by the tus protocol; until all of it has come the panel keeps what was there. It is read as it is sent. */
export async function sendFile(
  { serverId, path, file, replace, begun }: FileToSend,
  { onProgress, signal, isPaused }: Sending,
): Promise<void> {
  // Loaded when something is first sent.
  const { Upload } = await import('tus-js-client');
  signal.throwIfAborted();
  const address = basePath + callUrl(uploadRoutes.begin, { params: { id: serverId } });
  const endpoint = new URL(address, window.location.href).href;
  let stopFollowing = () => {};
  const sent = new Promise<void>((resolve, reject) => {
    let isGoing = false;
    const upload = new Upload(file, {
      ...{ endpoint, uploadUrl: begun.url, retryDelays, storeFingerprintForResuming: false },
      metadata: { ...pathFields(path), replace: String(replace) },
      onProgress: (sentBytes) => isGoing && onProgress(sentBytes),
      onShouldRetry: (error) => !signal.aborted && mayPass(error),
      onUploadUrlAvailable() {
        // The panel does not know below which folder it is served.
        upload.url = `${endpoint}/${upload.url?.split('/').at(-1)}`;
        begun.url = upload.url;
        follow();
      },
      onSuccess: () => resolve(),
      onError: (error) => reject(refusalOf(error)),
    });
    // Before its address is known an upload could not be gone on with, nor deleted.
    const follow = () => {
      if (signal.aborted) {
        reject(signal.reason);
        if (!upload.url) return;
        begun.url = undefined;
        // What is not deleted now is given up by the panel in a day.
        upload.abort(true).catch(() => undefined);
      } else if (isPaused.get() && isGoing && upload.url) {
        isGoing = false;
        void upload.abort();
      } else if (!isPaused.get() && !isGoing) {
        isGoing = true;
        upload.start();
      }
    };
    const unsubscribe = isPaused.subscribe(follow);
    signal.addEventListener('abort', follow);
    stopFollowing = () => {
      unsubscribe();
      signal.removeEventListener('abort', follow);
    };
    follow();
  });
  await sent.finally(() => stopFollowing());
}

/** Deletes what has come of a file that nobody will go on with. */
export async function discardUpload({ url }: BegunUpload): Promise<void> {
  if (url === undefined) return;
  const { Upload } = await import('tus-js-client');
  // One that is gone already is what was wanted.
  await Upload.terminate(url).catch(() => undefined);
}

/** A panel or node that is away comes back; what is refused with a reason stays refused. */
function mayPass({ originalResponse }: DetailedError): boolean {
  const status = originalResponse?.getStatus() ?? 0;
  return status === 0 || status === 423 || status === 429 || (status >= 500 && status !== 507);
}

function refusalOf(error: Error | DetailedError): AppError {
  const answer = 'originalResponse' in error ? error.originalResponse : null;
  const status = answer?.getStatus() ?? 0;
  if (!answer || status === 0) return new AppError('unavailable', strings.brokeOff, { cause: error });
  if (status === 423) return new AppError('unavailable', strings.nodeAway, { cause: error });
  let body: unknown;
  try {
    body = JSON.parse(answer.getBody());
  } catch {
    // A proxy in between speaks another language.
  }
  const refusal = ErrorBody.safeParse(body);
  return refusal.success
    ? AppError.fromBody(refusal.data)
    : new AppError('unavailable', strings.noReason(status), { cause: error });
}
