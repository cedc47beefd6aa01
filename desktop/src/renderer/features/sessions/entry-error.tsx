import { hasCode } from '../../api/errors.ts';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { PanelUnreachable } from './panel-unreachable.tsx';
import { strings } from './strings.ts';

interface EntryErrorProps {
  error: unknown;
  /** What was tried: `Signing in failed`. */
  title: string;
  /** Said when what was typed is not right. */
  wrong?: string;
  waitSeconds: number;
  isUnreachable?: boolean;
}

/** Why nobody was let in, and when to try again. */
export function EntryError({ error, title, wrong, waitSeconds, isUnreachable }: EntryErrorProps) {
  if (waitSeconds > 0) {
    return (
      <Notice tone="warning" urgent title={strings.waitTitle}>
        {strings.wait(waitSeconds)}
      </Notice>
    );
  }
  if (hasCode(error, 'rate_limited')) return null;
  if (hasCode(error, 'unavailable') || isUnreachable) return <PanelUnreachable />;
  if (wrong && hasCode(error, 'invalid_credentials', 'invalid_input')) {
    return (
      <Notice tone="error" urgent>
        {wrong}
      </Notice>
    );
  }
  return error ? <Failure title={title} error={error} /> : null;
}
