import { Button, Skeleton } from '@mantine/core';
import { IconFileOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useSearchParams } from 'react-router';
import { api } from '../../../api/client.ts';
import { hasCode } from '../../../api/errors.ts';
import { keys } from '../../../api/keys.ts';
import { Empty } from '../../../components/empty.tsx';
import { Failure } from '../../../components/failure.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { mayOnServer } from '../../servers/power.ts';
import { useShownServer } from '../../servers/server-page.tsx';
import { type FilePath, pathFields, pathKey } from '../file-path.ts';
import { folderAddress, pathInAddress } from '../files-address.ts';
import { FileHead } from './file-head.tsx';
import { ImagePreview, isImage } from './image-preview.tsx';
import { editorStrings as strings } from './strings.ts';
import { TextEditor } from './text-editor.tsx';
import { UneditableFile } from './uneditable-file.tsx';

/** The file that the address names. */
export function FilePage() {
  const server = useShownServer();
  const [params] = useSearchParams();
  const path = pathInAddress(params);
  const name = path.at(-1)?.text;
  if (name === undefined) return <Navigate to={folderAddress(server.id, [])} replace />;
  const key = `${server.id}/${pathKey(path)}`;
  if (isImage(name)) return <ImagePreview key={key} serverId={server.id} path={path} />;
  return (
    <TextFile
      key={key}
      serverId={server.id}
      path={path}
      isOnline={server.node.online}
      isReadOnly={!mayOnServer(server, 'file.write')}
    />
  );
}

interface TextFileProps {
  serverId: string;
  path: FilePath;
  isOnline: boolean;
  isReadOnly: boolean;
}

function TextFile({ serverId, path, isOnline, isReadOnly }: TextFileProps) {
  const { data, error, isPending, isFetching, refetch } = useQuery({
    queryKey: keys.file(serverId, pathKey(path)),
    queryFn: ({ signal }) => api.files.read({ params: { id: serverId }, query: pathFields(path), signal }),
    // Read anew whenever it is opened, and never under the hands of whoever edits it.
    enabled: isOnline,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (data) return <TextEditor serverId={serverId} path={path} file={data} isReadOnly={isReadOnly} />;
  if (hasCode(error, 'payload_too_large', 'invalid_input')) {
    return <UneditableFile serverId={serverId} path={path} />;
  }
  if (hasCode(error, 'not_found')) return <GoneFile serverId={serverId} path={path} />;
  return (
    <>
      <FileHead serverId={serverId} path={path} />
      {!isOnline ? null : isPending ? (
        <Skeleton height={320} mt={12} role="status" aria-label={shared.loading} />
      ) : (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      )}
    </>
  );
}

function GoneFile({ serverId, path }: Pick<TextFileProps, 'serverId' | 'path'>) {
  return (
    <Empty
      icon={<IconFileOff size={28} stroke={1.5} />}
      title={strings.goneTitle}
      action={
        <Button component={Link} to={folderAddress(serverId, path.slice(0, -1))} variant="default">
          {strings.toFolder}
        </Button>
      }
    >
      {strings.gone}
    </Empty>
  );
}
