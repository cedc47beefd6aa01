import { Button } from '@mantine/core';
import { IconLock, IconMapOff, IconMoodEmpty, IconRefresh } from '@tabler/icons-react';
import { Link, useRouteError } from 'react-router';
import { Empty } from './empty.tsx';
import classes from './error-page.module.css';
import { useDocumentTitle } from './page-header.tsx';
import { strings } from './strings.ts';

/** Shown in place of a page that threw. */
export function ErrorPage() {
  const error = useRouteError();
  useDocumentTitle(strings.pageFailedTitle);
  if (isOldVersion(error)) {
    return (
      <Empty
        icon={<IconRefresh />}
        title={strings.newVersionTitle}
        action={<Button onClick={() => location.reload()}>{strings.reload}</Button>}
      >
        {strings.newVersion}
      </Empty>
    );
  }
  return (
    <div className={classes.page}>
      <Empty
        icon={<IconMoodEmpty />}
        title={strings.pageFailedTitle}
        action={<Button onClick={() => location.reload()}>{strings.reload}</Button>}
      >
        {strings.pageFailed}
      </Empty>
      <details className={classes.details}>
        <summary>{strings.details}</summary>
        <pre>{error instanceof Error ? (error.stack ?? error.message) : String(error)}</pre>
      </details>
    </div>
  );
}

export function NotFoundPage() {
  useDocumentTitle(strings.notFoundTitle);
  return (
    <Empty icon={<IconMapOff />} title={strings.notFoundTitle} action={<ToServers />}>
      {strings.notFound}
    </Empty>
  );
}

export function NoPermissionPage() {
  useDocumentTitle(strings.noPermissionTitle);
  return (
    <Empty icon={<IconLock />} title={strings.noPermissionTitle} action={<ToServers />}>
      {strings.noPermission}
    </Empty>
  );
}

function ToServers() {
  return (
    <Button component={Link} to="/servers" variant="default">
      {strings.toServers}
    </Button>
  );
}

/** A page whose file is gone, because the panel serves a newer build than the one that is open. */
function isOldVersion(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|importing a module/i.test(error.message);
}
