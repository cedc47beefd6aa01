import { StartError } from '@catalyst/shared/node/start-error';

/** What the panel knows about its data from outside the database. */
export interface ExpectedData {
  /** The last entry of the audit log that was surely written; the log may have gone on. */
  auditSeq: number;
  /** The owner said that what is lost is lost. */
  acceptLoss: boolean;
}

export const howToAcceptLoss =
  'To start with what is there and lose the rest, set CATALYST_ACCEPT_DATA_LOSS=1 for one start.';

/** Refuses a database that has lost what it once held: after a restored copy, a damaged log, a removed file. */
export function refuseLostData(
  where: string,
  lastFound: number,
  expected: ExpectedData,
  howToRestore: string,
): void {
  if (expected.acceptLoss || lastFound >= expected.auditSeq) return;
  throw new StartError(
    `${where} has lost changes: its audit log ends at entry ${lastFound}, but entry ${expected.auditSeq} was written once. ` +
      `The panel leaves it untouched. ${howToAcceptLoss} ${howToRestore}`,
  );
}
