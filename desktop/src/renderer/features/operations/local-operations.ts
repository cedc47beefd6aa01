import { observable, useObservable } from '../../api/observable.ts';

/** Something long that this window started or saw the end of. What is under way on servers is read from them. */
export interface LocalOperation {
  id: number;
  title: string;
  status: 'running' | 'succeeded' | 'failed';
  detail: string | null;
  /** The page about it. */
  path: string | null;
  /** Between 0 and 1; null or left out when nobody can tell. */
  progress?: number | null;
  /** Left out when it cannot be stopped. */
  cancel?: () => void;
}

/** Tells how far it is, and how to stop it. */
export type ReportOperation = (changes: Pick<LocalOperation, 'progress' | 'cancel'>) => void;

const kept = 20;
const operations = observable<readonly LocalOperation[]>([]);
let lastId = 0;

export const useLocalOperations = (): readonly LocalOperation[] => useObservable(operations);

/** Shows an operation until its work settles, and how it ended after that. */
export async function trackOperation<Result>(
  operation: { title: string; path: string | null; failure: (error: unknown) => string },
  work: Promise<Result> | ((report: ReportOperation) => Promise<Result>),
): Promise<Result> {
  const { title, path } = operation;
  const id = add({ title, path, status: 'running', detail: null });
  try {
    const result = await (typeof work === 'function' ? work((changes) => change(id, changes)) : work);
    change(id, { status: 'succeeded' });
    return result;
  } catch (error) {
    change(id, { status: 'failed', detail: operation.failure(error) });
    throw error;
  }
}

/** Tells of something that ended. */
export function noteFinished(operation: Omit<LocalOperation, 'id'>): void {
  add(operation);
}

export function clearFinished(): void {
  operations.set(operations.get().filter(({ status }) => status === 'running'));
}

function add(operation: Omit<LocalOperation, 'id'>): number {
  lastId += 1;
  operations.set([{ ...operation, id: lastId }, ...operations.get()].slice(0, kept));
  return lastId;
}

function change(id: number, changes: Partial<LocalOperation>): void {
  operations.set(
    operations.get().map((operation) => (operation.id === id ? { ...operation, ...changes } : operation)),
  );
}
