import { useSearchParams } from 'react-router';
import { useShownServer } from '../servers/server-page.tsx';
import { pathKey } from './file-path.ts';
import { pathInAddress } from './files-address.ts';
import { Folder } from './folder.tsx';

/** The folder that the address names. Another folder is another page: nothing in it stays picked or filtered. */
export function FolderPage() {
  const server = useShownServer();
  const [params] = useSearchParams();
  const path = pathInAddress(params);
  return <Folder key={`${server.id}/${pathKey(path)}`} server={server} path={path} />;
}
