import { Button, Skeleton } from '@mantine/core';
import { IconFileUnknown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from 'react-router';
import { keys } from '../../../api/keys.ts';
import { Empty } from '../../../components/empty.tsx';
import { Failure } from '../../../components/failure.tsx';
import { Notice } from '../../../components/notice.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { formatBytes } from '../../../components/units.ts';
import { downloadPaths, statPath } from '../file-calls.ts';
import { type FilePath, pathKey } from '../file-path.ts';
import { folderAddress } from '../files-address.ts';
import { FileHead } from './file-head.tsx';
import { readPart } from './read-part.ts';
import { editorStrings as strings } from './strings.ts';
import { readEnds } from './text-ends.ts';
import classes from './uneditable-file.module.css';

/** A file that is no matter for the editor: the ends of a long text, or a way to download what is none. */
export function UneditableFile({ serverId, path }: { serverId: string; path: FilePath }) {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: [...keys.file(serverId, pathKey(path)), 'ends'],
    queryFn: async ({ signal }) => {
      const stats = await statPath(serverId, path, signal);
      if (!stats || stats.type === 'folder' || stats.leadsTo === 'folder') return { isFolder: true as const };
      const read = async (range: string) =>
        new Uint8Array(await (await readPart(serverId, path, { range, signal })).arrayBuffer());
      return { sizeBytes: stats.sizeBytes, ends: await readEnds(stats.sizeBytes, read) };
    },
    gcTime: 0,
  });
  if (data?.isFolder) return <Navigate to={folderAddress(serverId, path)} replace />;
  const size = formatBytes(data?.sizeBytes ?? 0);
  const download = (variant: 'default' | 'filled') => (
    <Button variant={variant} size="xs" onClick={() => downloadPaths(serverId, [path])}>
      {strings.download}
    </Button>
  );
  return (
    <>
      <FileHead serverId={serverId} path={path} />
      {error && (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      )}
      {!data && !error && <Skeleton height={320} mt={12} role="status" aria-label={shared.loading} />}
      {data && !data.ends && (
        <Empty
          icon={<IconFileUnknown size={28} stroke={1.5} />}
          title={strings.binaryTitle}
          action={download('filled')}
        >
          {strings.binary(size)}
        </Empty>
      )}
      {data?.ends && (
        <div className={classes.parts}>
          <Notice tone="info" title={strings.largeTitle} actions={download('default')}>
            {strings.large(size)}
          </Notice>
          <Part title={strings.firstPart} text={data.ends.first} />
          {data.ends.skippedBytes > 0 && (
            <p className={classes.between}>{strings.between(formatBytes(data.ends.skippedBytes))}</p>
          )}
          {data.ends.last !== '' && <Part title={strings.lastPart} text={data.ends.last} />}
        </div>
      )}
    </>
  );
}

function Part({ title, text }: { title: string; text: string }) {
  return (
    <section aria-label={title}>
      <h2 className={classes.title}>{title}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre className={classes.text} tabIndex={0}>
        {text}
      </pre>
    </section>
  );
}
