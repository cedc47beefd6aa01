import { AppError, type ErrorCode } from '@catalyst/shared/contract/errors';
import { statusAnswer, versionAnswer } from '@catalyst/shared/node/sftp/answers';
import { framesOf, isKeepAlive, keepAlive, lengthBytes } from '@catalyst/shared/node/sftp/frames';
import { packetType, statusCode } from '@catalyst/shared/node/sftp/protocol';
import { parseInit, parseRequest, type SftpRequest } from '@catalyst/shared/node/sftp/requests';
import type { Logger } from '../../logger.ts';
import type { ServerDirectory } from '../server-directory.ts';
import { OpenHandles } from './open-handles.ts';
import { answerTo } from './sftp-requests.ts';

interface SftpSessionParts {
  /** Asked for each request, as the server may be suspended or removed meanwhile; throws then. */
  open(): Promise<ServerDirectory>;
  log: Logger;
}

/**
 * An SFTP server on one server's folder: takes requests as frames and gives the answers, in the order of the requests.
 * What the panel refused stands among them as its answer already, and goes back in its turn; a sign of life is
 * answered with another. Ends with the requests; throws MalformedPacket for what is no SFTP.
 */
export async function* serveSftp(
  requests: AsyncIterable<Buffer>,
  { open, log }: SftpSessionParts,
): AsyncGenerator<Buffer, void> {
  const handles = new OpenHandles();
  let isBegun = false;
  try {
    for await (const frame of framesOf(requests)) {
      if (isKeepAlive(frame)) yield keepAlive;
      else if (frame[lengthBytes] === packetType.status) yield frame;
      else if (isBegun) yield await answerOrStatus(parseRequest(frame), handles, open, log);
      else {
        parseInit(frame);
        isBegun = true;
        yield versionAnswer();
      }
    }
  } finally {
    await handles.closeAll();
  }
}

async function answerOrStatus(
  request: SftpRequest,
  handles: OpenHandles,
  open: SftpSessionParts['open'],
  log: Logger,
): Promise<Buffer> {
  try {
    return await answerTo({ directory: await open(), handles }, request);
  } catch (error) {
    if (error instanceof AppError) {
      return statusAnswer(request.id, codes[error.code] ?? statusCode.failure, error.message);
    }
    log.error({ err: error, request: request.kind }, 'A request by SFTP failed');
    return statusAnswer(request.id, statusCode.failure, 'This failed on the node');
  }
}

const codes: Partial<Record<ErrorCode, number>> = {
  not_found: statusCode.noSuchFile,
  forbidden: statusCode.permissionDenied,
  suspended: statusCode.permissionDenied,
};
