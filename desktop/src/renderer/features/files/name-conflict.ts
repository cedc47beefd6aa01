import { observable } from '../../api/observable.ts';

/** What to do with something whose name is taken where it is to go. */
export type ConflictChoice = 'replace' | 'keepBoth' | 'skip';

export interface NameQuestion {
  name: string;
  /** A folder that has something in it is never replaced. */
  mayReplace: boolean;
  answer: (choice: ConflictChoice, forAll: boolean) => void;
}

export type AskAboutName = (name: string, mayReplace: boolean) => Promise<ConflictChoice>;

/** The questions that nobody has answered yet; the first one is shown. */
export const nameQuestions = observable<readonly NameQuestion[]>([]);

/** Asks the person at the screen, one question after the other; an answer for all of a batch is the last one. */
export function askInBatch(): AskAboutName {
  let forAllChoice: ConflictChoice | undefined;
  let previous: Promise<unknown> = Promise.resolve();
  return (name, mayReplace) => {
    const asked = previous.then(async () => {
      const isAnswered = forAllChoice && (mayReplace || forAllChoice !== 'replace');
      if (forAllChoice && isAnswered) return forAllChoice;
      const { choice, forAll } = await ask(name, mayReplace);
      if (forAll) forAllChoice = choice;
      return choice;
    });
    previous = asked;
    return asked;
  };
}

function ask(name: string, mayReplace: boolean): Promise<{ choice: ConflictChoice; forAll: boolean }> {
  return new Promise((resolve) => {
    const question: NameQuestion = {
      name,
      mayReplace,
      answer: (choice, forAll) => {
        nameQuestions.set(nameQuestions.get().filter((other) => other !== question));
        resolve({ choice, forAll });
      },
    };
    nameQuestions.set([...nameQuestions.get(), question]);
  });
}

/** `notes (2).txt`, `world (2).tar.gz`, `plugins (2)`. */
export function numberedName(name: string, number: number): string {
  const [, stem = name, ending = ''] = /^(.+?)((?:\.tar)?\.[^.\s]{1,12})$/.exec(name) ?? [];
  return `${stem} (${number})${ending}`;
}
