import { Button } from '@mantine/core';
import { IconLogin2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { SkeletonLines } from '../../components/section.tsx';
import classes from './entry-page.module.css';
import { strings } from './strings.ts';
import { useProveElsewhere } from './use-proof.ts';

/** A proof by the page of a provider that the account is linked to. */
export function ProofByProvider({ onProven }: { onProven: () => void }) {
  const { data: factors, error } = useQuery({
    queryKey: keys.factors,
    queryFn: ({ signal }) => api.factors.get({ signal }),
  });
  const prove = useProveElsewhere(onProven);
  const providers = new Map(factors?.identities.map(({ provider }) => [provider.id, provider.name]));
  return (
    <div className={classes.ways}>
      {!factors && !error && <SkeletonLines count={1} />}
      {[...providers].map(([id, name]) => (
        <Button
          key={id}
          variant="default"
          leftSection={<IconLogin2 size={16} />}
          loading={prove.isPending && prove.variables === id}
          onClick={() => prove.mutate(id)}
        >
          {strings.proofWith(name)}
        </Button>
      ))}
      {prove.isSuccess && <Notice tone="info">{strings.proofWaiting}</Notice>}
      {(error ?? prove.error) && <Failure title={strings.proofFailed} error={error ?? prove.error} />}
    </div>
  );
}
