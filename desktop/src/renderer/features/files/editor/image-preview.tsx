import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keys } from '../../../api/keys.ts';
import { Failure } from '../../../components/failure.tsx';
import { Notice } from '../../../components/notice.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { formatBytes } from '../../../components/units.ts';
import { statPath } from '../file-calls.ts';
import { type FilePath, pathKey } from '../file-path.ts';
import { FileHead } from './file-head.tsx';
import classes from './image-preview.module.css';
import { readPart } from './read-part.ts';
import { editorStrings as strings } from './strings.ts';

const types: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};
const mostBytes = 8 * 1024 * 1024;

const typeOf = (name: string): string | undefined => types[name.toLowerCase().split('.').at(-1) ?? ''];

export const isImage = (name: string): boolean => typeOf(name) !== undefined;

/** A picture, as large as it is where there is room. */
export function ImagePreview({ serverId, path }: { serverId: string; path: FilePath }) {
  const name = path.at(-1)?.text ?? '';
  const [isBroken, setBroken] = useState(false);
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: [...keys.file(serverId, pathKey(path)), 'image'],
    queryFn: async ({ signal }) => {
      const sizeBytes = (await statPath(serverId, path, signal))?.sizeBytes ?? 0;
      if (sizeBytes > mostBytes) return { sizeBytes, url: null };
      const content = await (await readPart(serverId, path, { signal })).arrayBuffer();
      return { sizeBytes, url: await dataUrl(new Blob([content], { type: typeOf(name) })) };
    },
    gcTime: 0,
  });
  return (
    <>
      <FileHead serverId={serverId} path={path} />
      {error ? (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      ) : !data ? (
        <Skeleton height={320} mt={12} role="status" aria-label={shared.loading} />
      ) : !data.url || isBroken ? (
        <Notice tone="info">
          {isBroken ? strings.imageBroken : strings.imageTooLarge(formatBytes(data.sizeBytes))}
        </Notice>
      ) : (
        <div className={classes.place}>
          <img
            className={classes.image}
            src={data.url}
            alt={strings.image(name)}
            onError={() => setBroken(true)}
          />
        </div>
      )}
    </>
  );
}

/** The policy of the page lets pictures come as data, and from nowhere else. */
function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(String(reader.result)));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}
