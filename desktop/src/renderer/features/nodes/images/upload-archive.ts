import { callUrl } from '@catalyst/shared/contract/client';
import { AppError, ErrorBody } from '@catalyst/shared/contract/errors';
import { imageRoutes } from '@catalyst/shared/features/images';
import { basePath } from '../../../api/client.ts';

/** Sends an archive of images to a node; resolves when all of it is there. The file is read as it is sent. */
export async function uploadArchive(
  nodeId: string,
  file: File,
  reference: string | undefined,
): Promise<void> {
  const path = callUrl(imageRoutes.import, { params: { id: nodeId }, query: { reference } });
  const response = await fetch(basePath + path, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
  }).catch((cause: unknown) => {
    throw new AppError('unavailable', 'The upload broke off', { cause });
  });
  if (response.ok) return;
  const refusal = ErrorBody.safeParse(await response.json().catch(() => undefined));
  if (refusal.success) throw AppError.fromBody(refusal.data);
  throw new AppError('unavailable', `The panel answered ${response.status} without a reason`);
}
