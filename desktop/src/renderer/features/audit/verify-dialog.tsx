import type { ChainReport } from '@catalyst/shared/features/audit';
import { Button, Group, Loader, Modal, Stack } from '@mantine/core';
import { useEffect } from 'react';
import { Copyable } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { formatCount } from '../../components/units.ts';
import list from '../people/people-list.module.css';
import { strings } from './strings.ts';
import { useVerifyChain } from './use-audit.ts';

/** Has the panel walk the whole chain, and says what it found. */
export function VerifyDialog({ onClose }: { onClose: () => void }) {
  const { mutate, data, error, isPending } = useVerifyChain();
  useEffect(() => mutate(), [mutate]);
  return (
    <Modal opened onClose={onClose} title={strings.verifyTitle} size="lg">
      <Stack gap={16}>
        {isPending && (
          <Group gap="sm" role="status">
            <Loader size={16} aria-hidden /> {strings.verifying}
          </Group>
        )}
        {error && <Failure title={strings.verifyFailed} error={error} />}
        {data && !isPending && <Report report={data} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {strings.close}
          </Button>
          <Button disabled={isPending} onClick={() => mutate()}>
            {strings.verifyAgain}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Report({ report }: { report: ChainReport }) {
  const { isIntact, entries, archivedEntries, brokenAt, problem, head } = report;
  if (!isIntact) {
    return (
      <Notice
        tone="error"
        urgent
        title={brokenAt === null ? strings.brokenSomewhere : strings.broken(brokenAt)}
      >
        {problem}
      </Notice>
    );
  }
  return (
    <>
      <Notice tone="success" title={strings.intact(formatCount(entries))}>
        {archivedEntries > 0 && strings.intactArchived(formatCount(archivedEntries))}
      </Notice>
      <p className={list.hint}>{strings.head}</p>
      <Facts
        facts={[
          [strings.headEntry(head.seq), <Copyable key="hash" value={head.hash} what="hash" />],
          [strings.signature, <Copyable key="signature" value={head.signature} what="signature" />],
          [strings.publicKey, <Copyable key="key" value={head.publicKey} what="key" />],
        ]}
      />
    </>
  );
}
