import type { Readable } from 'node:stream';
import type { FileUpload } from '@catalyst/shared/features/uploads';
import type { AgentUpload } from '@catalyst/shared/features/uploads-link';
import type { z } from 'zod';
import type { Tickets } from '../data-plane/tickets.ts';
import { toText } from './file-path.ts';
import { at, type FilesService } from './files.service.ts';

interface UploadsParts {
  files: FilesService;
  tickets: Tickets;
}

export interface UploadWish {
  id: string;
  path: Buffer;
  sizeBytes: number;
  replace: boolean;
  expectedVersion?: string | undefined;
  startedBy: string;
}

/** As an agent has just told it. */
export type ToldUpload = FileUpload & { isJustFinished?: boolean | undefined };

/** Uploads that go on where they broke off. The agents keep all that is known of them, so a new panel goes on, too. */
export class UploadsService {
  readonly #parts: UploadsParts;

  constructor(parts: UploadsParts) {
    this.#parts = parts;
  }

  async begin(serverId: string, { id, path, ...wish }: UploadWish): Promise<ToldUpload> {
    const input = { ...at(path), ...wish, uploadId: id };
    return toUpload(await this.#parts.files.ask('files:upload-begin', serverId, input));
  }

  async list(serverId: string): Promise<FileUpload[]> {
    return (await this.#parts.files.ask('files:uploads', serverId, {})).uploads.map(toUpload);
  }

  async get(serverId: string, uploadId: string): Promise<ToldUpload> {
    return toUpload(await this.#parts.files.ask('files:upload-status', serverId, { uploadId }));
  }

  /** Resolves when the agent has all that the source brings; what came of one that breaks off stays. */
  async append(
    serverId: string,
    uploadId: string,
    offsetBytes: number,
    source: Readable,
  ): Promise<ToldUpload> {
    const { files, tickets } = this.#parts;
    const offer = tickets.offer({ nodeId: files.nodeOf(serverId), kind: 'file-upload' }, source);
    try {
      const input = { uploadId, offsetBytes, ticket: offer.id };
      return toUpload(await files.ask('files:upload-append', serverId, input));
    } finally {
      offer.cancel();
    }
  }

  /** Gives what it was to be. */
  async cancel(serverId: string, uploadId: string): Promise<{ path: string; pathBase64?: string }> {
    return named((await this.#parts.files.ask('files:upload-cancel', serverId, { uploadId })).pathBase64);
  }
}

function toUpload(upload: z.output<typeof AgentUpload>): ToldUpload {
  const { uploadId, pathBase64, createdAt, expiresAt, ...rest } = upload;
  return {
    id: uploadId,
    ...named(pathBase64),
    ...rest,
    createdAt: dateOf(createdAt),
    expiresAt: dateOf(expiresAt),
  };
}

function named(pathBase64: string): { path: string; pathBase64?: string } {
  const { text, base64 } = toText(Buffer.from(pathBase64, 'base64'));
  return { path: text, ...(base64 !== undefined && { pathBase64: base64 }) };
}

/** A game can change what the agent keeps, also to a time that no calendar has. */
function dateOf(milliseconds: number): Date {
  return milliseconds >= 0 && milliseconds < 2e14 ? new Date(milliseconds) : new Date(0);
}
