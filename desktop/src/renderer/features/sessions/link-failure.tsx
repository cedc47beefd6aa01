import { hasCode } from '../../api/errors.ts';
import { Notice } from '../../components/notice.tsx';
import { EntryError } from './entry-error.tsx';
import { strings } from './strings.ts';

interface LinkFailureProps {
  error: unknown;
  title: string;
  waitSeconds: number;
}

/** A link that does not count (any more), or why else what it is for did not work. */
export function LinkFailure({ error, title, waitSeconds }: LinkFailureProps) {
  if (!isDeadLink(error)) return <EntryError error={error} title={title} waitSeconds={waitSeconds} />;
  return (
    <Notice tone="error" urgent title={strings.linkFailedTitle}>
      {strings.linkFailed}
    </Notice>
  );
}

export const isDeadLink = (error: unknown): boolean =>
  hasCode(error, 'not_found', 'unauthenticated', 'invalid_credentials');
