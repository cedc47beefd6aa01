import { AppError, ErrorBody } from '@catalyst/shared/contract/errors';
import { downloadAddress } from '../file-calls.ts';
import type { FilePath } from '../file-path.ts';
import { transferStrings as strings } from '../transfers/strings.ts';

/** A part of a file, as the header `Range` has it; all of it without one. */
export async function readPart(
  serverId: string,
  path: FilePath,
  { range, signal }: { range?: string; signal: AbortSignal },
): Promise<Response> {
  const response = await fetch(downloadAddress(serverId, path), {
    headers: range === undefined ? {} : { range: `bytes=${range}` },
    signal,
  }).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw new AppError('unavailable', 'The panel cannot be reached', { cause });
  });
  if (response.ok) return response;
  const refusal = ErrorBody.safeParse(await response.json().catch(() => undefined));
  if (refusal.success) throw AppError.fromBody(refusal.data);
  throw new AppError('unavailable', strings.noReason(response.status));
}
