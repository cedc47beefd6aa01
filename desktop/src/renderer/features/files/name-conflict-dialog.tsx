import { Button, Checkbox, Modal } from '@mantine/core';
import { useState } from 'react';
import { useObservable } from '../../api/observable.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { type ConflictChoice, type NameQuestion, nameQuestions } from './name-conflict.ts';
import classes from './name-conflict-dialog.module.css';
import { conflictStrings as strings } from './transfers/strings.ts';

/** Asks what becomes of something whose name is taken; there is one question at a time. */
export function NameConflictHost() {
  const [question, ...others] = useObservable(nameQuestions);
  if (!question) return null;
  return <NameConflictDialog key={question.name} question={question} waiting={others.length} />;
}

function NameConflictDialog({ question, waiting }: { question: NameQuestion; waiting: number }) {
  const [forAll, setForAll] = useState(false);
  const answer = (choice: ConflictChoice) => question.answer(choice, forAll);
  return (
    <Modal opened onClose={() => answer('skip')} title={strings.title(question.name)} size="md">
      <div className={dialog.form}>
        <p>{question.mayReplace ? strings.lead : strings.leadFolder}</p>
        <Checkbox
          label={strings.forAll}
          description={waiting > 0 ? strings.waiting(waiting) : undefined}
          checked={forAll}
          onChange={(event) => setForAll(event.currentTarget.checked)}
        />
        <div className={classes.buttons}>
          <Button variant="default" onClick={() => answer('skip')}>
            {strings.skip}
          </Button>
          <Button variant="default" onClick={() => answer('keepBoth')} data-autofocus>
            {strings.keepBoth}
          </Button>
          {question.mayReplace && (
            <Button color="red" onClick={() => answer('replace')}>
              {strings.replace}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  );
}
