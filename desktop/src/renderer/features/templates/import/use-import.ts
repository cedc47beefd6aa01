import { AppError } from '@catalyst/shared/contract/errors';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../../api/client.ts';
import { randomKey } from '../../../api/random-key.ts';
import type { NamedFile } from '../../../components/dropped-items.ts';
import { useRefreshTemplates } from '../use-templates.ts';
import { batchesOf, type ImportEntry, settled } from './import-batches.ts';
import { isTemplateFile, readFiles } from './read-files.ts';

/** What is under way: files are tried, or imported. */
export interface ImportRun {
  kind: 'check' | 'import';
  done: number;
  total: number;
  isStopping: boolean;
}

/** Files that are tried as they come, and imported when that is asked for; batch by batch, so that both can be stopped. */
export function useImport() {
  const [entries, setEntries] = useState<readonly ImportEntry[]>([]);
  const [run, setRun] = useState<ImportRun>();
  const [failure, setFailure] = useState<{ kind: ImportRun['kind']; error: unknown }>();
  const [stoppedKind, setStoppedKind] = useState<ImportRun['kind']>();
  const [leftOut, setLeftOut] = useState(0);
  const isStopped = useRef(false);
  /** A batch whose answer was lost is sent again under its key, and then not done twice. */
  const sentKeys = useRef(new Map<string, string>());
  const refresh = useRefreshTemplates();
  useEffect(
    () => () => {
      isStopped.current = true;
    },
    [],
  );

  async function send(kind: ImportRun['kind'], targets: readonly ImportEntry[]): Promise<void> {
    if (targets.length === 0) return;
    const isDryRun = kind === 'check';
    isStopped.current = false;
    setFailure(undefined);
    setStoppedKind(undefined);
    let done = 0;
    setRun({ kind, done, total: targets.length, isStopping: false });
    try {
      for (const batch of batchesOf(targets)) {
        if (isStopped.current) break;
        const { items } = await api.templates.importMany({
          query: { dryRun: isDryRun ? 'true' : 'false' },
          body: { files: batch.map(({ fileName, content }) => ({ fileName, content })) },
          ...(!isDryRun && { idempotencyKey: keyOf(batch) }),
        });
        const results = new Map(batch.map(({ key }, index) => [key, items[index]]));
        setEntries((before) =>
          before.map((entry) => {
            const result = results.get(entry.key);
            return result ? settled(entry, result, isDryRun) : entry;
          }),
        );
        done += batch.length;
        setRun((before) => before && { ...before, done });
      }
      if (done < targets.length) setStoppedKind(kind);
    } catch (error) {
      // A refusal is answered the same again under its key. A conflict says that the first request is still at work.
      if (error instanceof AppError && error.status < 500 && error.code !== 'conflict')
        sentKeys.current.clear();
      setFailure({ kind, error });
    } finally {
      setRun(undefined);
      if (!isDryRun) void refresh();
    }
  }

  function keyOf(batch: readonly ImportEntry[]): string {
    const name = batch.map(({ key }) => key).join();
    const key = sentKeys.current.get(name) ?? randomKey();
    sentKeys.current.set(name, key);
    return key;
  }

  const change = (isMeant: (entry: ImportEntry) => boolean, isChosen: boolean) =>
    setEntries((before) =>
      before.map((entry) => (entry.state === 'ready' && isMeant(entry) ? { ...entry, isChosen } : entry)),
    );
  const goOn = {
    check: () =>
      send(
        'check',
        entries.filter(({ state }) => state === 'waiting'),
      ),
    import: () =>
      send(
        'import',
        entries.filter(({ isChosen }) => isChosen),
      ),
  };
  return {
    entries,
    run,
    failure,
    /** What was stopped before its end. */
    stoppedKind,
    leftOut,
    async add(files: readonly NamedFile[]) {
      const wanted = files.filter(({ name }) => isTemplateFile(name));
      setLeftOut(files.length - wanted.length);
      const added = await readFiles(wanted);
      setEntries((before) => [...before, ...added]);
      const waiting = entries.filter(({ state }) => state === 'waiting');
      await send('check', [...waiting, ...added.filter(({ state }) => state === 'waiting')]);
    },
    goOn,
    stop() {
      isStopped.current = true;
      setRun((before) => before && { ...before, isStopping: true });
    },
    choose: change,
    clear() {
      setEntries([]);
      setFailure(undefined);
      setStoppedKind(undefined);
      setLeftOut(0);
    },
  };
}
