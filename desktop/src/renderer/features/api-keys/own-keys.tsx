import { Button } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { Empty } from '../../components/empty.tsx';
import { Failure } from '../../components/failure.tsx';
import { ListSkeleton } from '../people/list-skeleton.tsx';
import classes from '../people/people-list.module.css';
import { KeyDialog } from './key-dialog.tsx';
import { KeyList } from './key-list.tsx';
import { strings } from './strings.ts';
import { useOwnKeys } from './use-api-keys.ts';

/** A person's own keys for programs. */
export function OwnKeys() {
  const { data, error, isFetching, refetch } = useOwnKeys();
  const [isCreating, setCreating] = useState(false);
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
      {strings.create}
    </Button>
  );
  return (
    <>
      {data && data.length > 0 && (
        <div className={classes.bar}>
          <p className={classes.lead}>{strings.lead}</p>
          {create}
        </div>
      )}
      {error && (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      )}
      {!data && !error && <ListSkeleton />}
      {data?.length === 0 && (
        <Empty icon={<IconKey size={28} stroke={1.5} />} title={strings.emptyTitle} action={create}>
          {strings.empty}
        </Empty>
      )}
      {data && data.length > 0 && <KeyList keys={data} place="own" mayChange showsOwner={false} />}
      {isCreating && <KeyDialog place="own" onClose={() => setCreating(false)} />}
    </>
  );
}
