import { AppError } from '@catalyst/shared/contract/errors';
import { Button } from '@mantine/core';
import { sentenceOf } from '../api/errors.ts';
import { Notice } from './notice.tsx';
import { strings } from './strings.ts';

interface FailureProps {
  /** What could not be done: `The servers could not be read`. */
  title?: string;
  error: unknown;
  retry?: () => void;
  isRetrying?: boolean;
}

/** Something that could not be read, why, and the way to try again. */
export function Failure({ title = strings.requestFailed, error, retry, isRetrying }: FailureProps) {
  const isOffline = error instanceof AppError && ['unavailable', 'node_offline'].includes(error.code);
  return (
    <Notice
      tone={isOffline ? 'offline' : 'error'}
      urgent
      title={title}
      actions={
        retry && (
          <Button variant="default" size="xs" onClick={retry} loading={isRetrying}>
            {strings.tryAgain}
          </Button>
        )
      }
    >
      {sentenceOf(error)}
    </Notice>
  );
}
