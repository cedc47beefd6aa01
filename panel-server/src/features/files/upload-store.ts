import type { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import { FileVersion } from '@catalyst/shared/features/files-link';
import type { FileUpload } from '@catalyst/shared/features/uploads';
import { DataStore, Upload } from '@tus/server';
import { entryPathBytes } from './file-path.ts';
import type { ToldUpload, UploadsService } from './uploads.service.ts';

const lifetimeMs = 24 * 3_600_000;

interface UploadStoreParts {
  uploads: UploadsService;
  serverId: string;
  startedBy: string;
}

/** What the tus library stores uploads in during one request: the agent of one server. */
export class UploadStore extends DataStore {
  /** As it is after this request, as far as the agent has told. */
  upload: FileUpload | undefined;
  /** What this request has put in its place, whatever comes of the request. */
  placed: FileUpload | undefined;
  /** Why the agent, or the panel, has refused; the library would make text of it. */
  refusal: unknown;
  readonly #parts: UploadStoreParts;

  constructor(parts: UploadStoreParts) {
    super();
    this.#parts = parts;
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  }

  override create(upload: Upload): Promise<Upload> {
    return this.#noting(async () => {
      const { uploads, serverId, startedBy } = this.#parts;
      const { path, pathBase64, replace, expectedVersion } = upload.metadata ?? {};
      const bytes = entryPathBytes({
        path: pathBase64 == null ? (path ?? '') : (path ?? undefined),
        ...(pathBase64 != null && { pathBase64 }),
      });
      if (path?.includes('\ufffd')) throw wrong('path', 'is not UTF-8; give pathBase64 instead');
      if (replace != null && replace !== 'true' && replace !== 'false')
        throw wrong('replace', 'is true or false');
      const version = FileVersion.optional().safeParse(expectedVersion ?? undefined);
      if (!version.success) throw wrong('expectedVersion', 'is not a version of a file');
      const sizeBytes = upload.size ?? 0;
      if (!Number.isSafeInteger(sizeBytes)) throw wrong('sizeBytes', 'is larger than any file');
      this.upload = this.#told(
        await uploads.begin(serverId, {
          ...{ id: upload.id, path: bytes, sizeBytes, startedBy },
          ...{ replace: replace !== 'false', expectedVersion: version.data },
        }),
      );
      upload.creation_date = creationOf(this.upload);
      return upload;
    });
  }

  override getUpload(id: string): Promise<Upload> {
    return this.#noting(async () => {
      const upload = this.#told(await this.#parts.uploads.get(this.#parts.serverId, id));
      this.upload = upload;
      const { offsetBytes: offset, sizeBytes: size } = upload;
      return new Upload({ id, offset, size, creation_date: creationOf(upload) });
    });
  }

  override write(source: Readable, id: string, offset: number): Promise<number> {
    return this.#noting(async () => {
      this.upload = this.#told(await this.#parts.uploads.append(this.#parts.serverId, id, offset, source));
      return this.upload.offsetBytes;
    });
  }

  override getExpiration(): number {
    return lifetimeMs;
  }

  #told(upload: ToldUpload): FileUpload {
    if (upload.isJustFinished) this.placed = upload;
    return upload;
  }

  async #noting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.refusal = error;
      throw error;
    }
  }
}

/** The library reckons when an upload expires; the agent does so from when something last came. */
const creationOf = ({ expiresAt }: FileUpload) => new Date(expiresAt.getTime() - lifetimeMs).toISOString();

function wrong(field: string, message: string): AppError {
  return new AppError('bad_request', `Upload-Metadata: ${field} ${message}`, {
    issues: [{ path: field, message }],
  });
}
