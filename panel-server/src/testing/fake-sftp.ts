import { request } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { statusAnswer, versionAnswer } from '@catalyst/shared/node/sftp/answers';
import { framesOf, isKeepAlive, keepAlive, lengthBytes } from '@catalyst/shared/node/sftp/frames';
import { packetType, statusCode } from '@catalyst/shared/node/sftp/protocol';
import type { FakeAgent } from './fake-agent.ts';

/**
 * Has the agent say yes to all that is asked of it by SFTP, but nothing to packets of the types it is silent about; answers
 * the types of the packets that came to it.
 */
export function agreeToSftp(agent: FakeAgent, silentAbout: readonly number[] = []): number[] {
  const asked: number[] = [];
  agent.answer('files:sftp', async ({ requestsTicket, answersTicket }) => {
    const at = (ticket: string) => `${agent.link.panelUrl}/api/data/${ticket}`;
    const { body } = await fetch(at(requestsTicket));
    const upload = request(at(answersTicket), { method: 'POST' });
    upload.on('error', () => {});
    void (async () => {
      for await (const frame of framesOf(Readable.fromWeb(body as ReadableStream))) {
        const answer = answerTo(frame, asked);
        if (!silentAbout.includes(frame[lengthBytes] ?? 0)) upload.write(answer);
      }
      upload.end();
    })().catch(() => upload.destroy());
    return {};
  });
  return asked;
}

function answerTo(frame: Buffer, asked: number[]): Buffer {
  if (isKeepAlive(frame)) return keepAlive;
  const type = frame.readUInt8(lengthBytes);
  if (type === packetType.status) return frame;
  asked.push(type);
  if (type === packetType.init) return versionAnswer();
  return statusAnswer(frame.readUInt32BE(lengthBytes + 1), statusCode.ok, 'Success');
}
