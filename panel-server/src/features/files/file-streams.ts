import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import type { FileStats, FileText } from '@catalyst/shared/features/files';
import { type ByteRange, maxTextBytes } from '@catalyst/shared/features/files-link';
import type { AgentCallOutput } from '../../realtime/agent-connection.ts';
import type { Tickets } from '../data-plane/tickets.ts';
import { at, type FilesService, toStats } from './files.service.ts';

interface FileStreamsParts {
  files: FilesService;
  tickets: Tickets;
}

interface SendOptions {
  range?: ByteRange | undefined;
  rangeVersion?: string | undefined;
  maxBytes?: number;
}

interface ReceiveOptions {
  expectedVersion?: string | undefined;
  replace?: boolean;
}

type SentPart = AgentCallOutput<'files:send'>;

/** What is in files; it goes beside the socket, at the pace of whoever reads it, and is never whole in memory but as text. */
export class FileStreams {
  readonly #parts: FileStreamsParts;

  constructor(parts: FileStreamsParts) {
    this.#parts = parts;
  }

  /** What a file is like that is about to be downloaded, null for a folder; throws `invalid_input` for what is neither. */
  async statUnlessFolder(serverId: string, path: Buffer): Promise<FileStats | null> {
    const stats = toStats(
      await this.#parts.files.ask('files:stat', serverId, { ...at(path), links: 'follow' }),
    );
    if (stats.type === 'folder') return null;
    if (stats.type !== 'file') throw new AppError('invalid_input', 'This is not a regular file');
    return stats;
  }

  /** The part is what comes of a file that may change meanwhile; the stream breaks off when it cannot come. */
  async download(
    serverId: string,
    path: Buffer,
    signal: AbortSignal,
    options: SendOptions = {},
  ): Promise<{ body: IncomingMessage; part: SentPart }> {
    const { files, tickets } = this.#parts;
    const ticket = tickets.issue({ nodeId: files.nodeOf(serverId), kind: 'file-download' });
    const asked = files.ask('files:send', serverId, { ...at(path), ticket: ticket.id, ...options });
    try {
      const body = await ticket.arrived(asked, signal);
      try {
        return { body, part: await asked };
      } catch (error) {
        body.destroy();
        throw error;
      }
    } catch (error) {
      ticket.cancel();
      throw error;
    }
  }

  /** Null for a folder, of which there is no stream. */
  async downloadUnlessFolder(
    serverId: string,
    path: Buffer,
    signal: AbortSignal,
    options: SendOptions = {},
  ): Promise<Awaited<ReturnType<FileStreams['download']>> | null> {
    try {
      return await this.download(serverId, path, signal, options);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'invalid_input')) throw error;
      const { type } = await this.#parts.files.stat(serverId, path);
      if (type !== 'folder') throw error;
      return null;
    }
  }

  /** Rejects with `payload_too_large` for what is no matter for an editor, `invalid_input` for what is not UTF-8 text. */
  async read(serverId: string, path: Buffer, signal: AbortSignal): Promise<FileText> {
    const { body, part } = await this.download(serverId, path, signal, { maxBytes: maxTextBytes }).catch(
      (error: unknown) => {
        throw isTooLarge(error) ? tooLargeToEdit(error) : error;
      },
    );
    return { ...toStats(part), content: toContent(await wholeOf(body, part.lengthBytes)) };
  }

  write(
    serverId: string,
    path: Buffer,
    content: string,
    expectedVersion: string | undefined,
  ): Promise<FileStats> {
    const bytes = Buffer.from(content, 'utf8');
    const source = Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false });
    return this.upload(serverId, path, source, { expectedVersion });
  }

  /** Resolves when the file is whole and in its place; else nothing of it is left. */
  async upload(
    serverId: string,
    path: Buffer,
    source: Readable,
    options: ReceiveOptions = {},
  ): Promise<FileStats> {
    const { files, tickets } = this.#parts;
    const offer = tickets.offer({ nodeId: files.nodeOf(serverId), kind: 'file-upload' }, source);
    try {
      const input = { ...at(path), ticket: offer.id, ...options };
      return toStats(await files.ask('files:receive', serverId, input));
    } catch (error) {
      // The agent knows only that it broke off.
      throw source.errored instanceof AppError ? source.errored : error;
    } finally {
      offer.cancel();
    }
  }
}

async function wholeOf(body: Readable, lengthBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      length += chunk.length;
      if (length > lengthBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new AppError('unavailable', 'The node broke off while it sent the file', { cause });
  }
  if (length !== lengthBytes) throw new AppError('unavailable', 'The node did not send the file as it said');
  return Buffer.concat(chunks);
}

function toContent(bytes: Buffer): string {
  const notText = (cause?: unknown) =>
    new AppError('invalid_input', 'This file is not text in UTF-8; download it instead', {
      issues: [{ path: 'path', message: 'names a file that is not text in UTF-8' }],
      cause,
    });
  if (bytes.includes(0)) throw notText();
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw notText(cause);
  }
}

const isTooLarge = (error: unknown) => error instanceof AppError && error.code === 'payload_too_large';

const tooLargeToEdit = (cause: unknown) =>
  new AppError('payload_too_large', 'The file is too large for the editor (1 MiB); download it instead', {
    cause,
  });
