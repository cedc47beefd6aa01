import type { ImportNote } from '@catalyst/shared/features/template-import';

const maxNotes = 500;

/** Takes down what an import makes of a file, part by part. */
export class ImportNotes {
  readonly all: ImportNote[] = [];

  add(outcome: ImportNote['outcome'], path: string, message: string): void {
    if (this.all.length < maxNotes) this.all.push({ path, outcome, message });
  }

  understood(path: string, message: string): void {
    this.add('understood', path, message);
  }

  changed(path: string, message: string): void {
    this.add('changed', path, message);
  }

  kept(path: string, message: string): void {
    this.add('kept', path, message);
  }

  refused(path: string, message: string): void {
    this.add('refused', path, message);
  }
}
