import { Button, Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { Failure } from '../../../components/failure.tsx';
import { showComparison } from './comparison-view.ts';
import type { FileLanguage } from './languages.ts';
import classes from './save-conflict-dialog.module.css';
import { editorStrings as strings } from './strings.ts';
import type { useSave } from './use-save.ts';

interface SaveConflictDialogProps {
  name: string;
  /** What is in the editor. */
  mine: string;
  language: FileLanguage;
  saving: ReturnType<typeof useSave>;
}

/** Two have changed a file: which of both is kept is nobody's to guess. */
export function SaveConflictDialog({ name, mine, language, saving }: SaveConflictDialogProps) {
  const { conflict, error, isSaving, overwrite, takeTheirs, keepEditing } = saving;
  const theirs = conflict?.theirs;
  return (
    <Modal
      opened
      onClose={keepEditing}
      title={theirs ? strings.conflictTitle(name) : strings.deletedTitle(name)}
      size={theirs ? 'min(1100px, 94vw)' : 'md'}
    >
      <div className={classes.body}>
        <p>{theirs ? strings.conflict : strings.deleted}</p>
        {theirs && <Comparison theirs={theirs.content} mine={mine} language={language} />}
        {error ? <Failure title={strings.saveFailed} error={error} /> : null}
        <div className={classes.buttons}>
          <Button variant="default" onClick={keepEditing} data-autofocus>
            {strings.keepEditing}
          </Button>
          {theirs && (
            <Button variant="default" onClick={takeTheirs}>
              {strings.takeTheirs}
            </Button>
          )}
          <Button color={theirs ? 'red' : undefined} onClick={overwrite} loading={isSaving}>
            {theirs ? strings.overwrite : strings.saveAgain}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

interface ComparisonProps {
  theirs: string;
  mine: string;
  language: FileLanguage;
}

function Comparison({ theirs, mine, language }: ComparisonProps) {
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let end: (() => void) | undefined;
    let isGone = false;
    void language.load().then((loaded) => {
      if (isGone || !place.current) return;
      const label = strings.comparison;
      end = showComparison(place.current, { theirs, mine, language: loaded, isNarrow, label });
    });
    return () => {
      isGone = true;
      end?.();
    };
  }, [theirs, mine, language, isNarrow]);
  return (
    <div className={classes.comparison}>
      <div className={classes.heads} data-narrow={isNarrow || undefined}>
        <span data-side="theirs">{strings.theirs}</span>
        <span data-side="mine">{strings.mine}</span>
      </div>
      <div className={classes.texts} ref={place} />
    </div>
  );
}
