import type { ManagedUser } from '@catalyst/shared/features/users';
import { Button, Modal } from '@mantine/core';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { strings as shared } from '../../components/strings.ts';
import { ShownOnce } from '../people/shown-once.tsx';
import { strings } from './strings.ts';
import { useMakeResetLink } from './use-users.ts';

export function ResetLinkDialog({ user, onClose }: { user: ManagedUser; onClose: () => void }) {
  const { mutate, data, error, isPending } = useMakeResetLink(user.id);
  return (
    <Modal opened onClose={onClose} title={strings.linkTitle(user.name)}>
      <div className={dialog.form}>
        <p>{strings.linkText(user.name)}</p>
        {data?.wasMailed && <Notice tone="success">{strings.linkMailed(user.email)}</Notice>}
        {data && <ShownOnce value={data.url} what="link" />}
        {error && <Failure title={strings.linkFailed} error={error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {data ? strings.close : shared.cancel}
          </Button>
          {!data && (
            <Button loading={isPending} onClick={() => mutate()} data-autofocus>
              {strings.makeLink}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  );
}
