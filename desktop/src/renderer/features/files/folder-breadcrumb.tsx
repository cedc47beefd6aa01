import { IconHome } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { CopyButton } from '../../components/copy-button.tsx';
import { type FilePath, pathKey, shownPath } from './file-path.ts';
import { folderAddress } from './files-address.ts';
import classes from './folder-breadcrumb.module.css';
import { strings } from './strings.ts';

interface FolderBreadcrumbProps {
  serverId: string;
  path: FilePath;
}

/** Where this is, and the way to every folder above it. */
export function FolderBreadcrumb({ serverId, path }: FolderBreadcrumbProps) {
  const list = useRef<HTMLOListElement>(null);
  // Where there is no room for all, the end tells more than the beginning.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path has another end
  useEffect(() => {
    const element = list.current;
    if (element) element.scrollLeft = element.scrollWidth;
  }, [pathKey(path)]);
  return (
    <nav className={classes.place} aria-label={strings.path}>
      <ol className={classes.list} ref={list}>
        <li className={classes.item}>
          <Link
            className={classes.link}
            to={folderAddress(serverId, [])}
            aria-label={strings.home}
            title={strings.home}
            aria-current={path.length === 0 ? 'page' : undefined}
          >
            <IconHome size={16} stroke={1.6} aria-hidden />
            {path.length === 0 && <span className={classes.top}>{strings.home}</span>}
          </Link>
        </li>
        {path.map((name, index) => {
          const upTo = path.slice(0, index + 1);
          const isLast = index === path.length - 1;
          return (
            <li key={pathKey(upTo)} className={classes.item}>
              <span className={classes.slash} aria-hidden>
                /
              </span>
              {isLast ? (
                <span className={classes.current} aria-current="page" title={name.text}>
                  {name.text}
                </span>
              ) : (
                <Link className={classes.link} to={folderAddress(serverId, upTo)} title={name.text}>
                  {name.text}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
      {path.length > 0 && <CopyButton value={shownPath(path)} what="path" />}
    </nav>
  );
}
