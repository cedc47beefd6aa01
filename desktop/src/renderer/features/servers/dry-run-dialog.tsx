import type { ConfigFilePlan } from '@catalyst/shared/features/config-files';
import type { Server } from '@catalyst/shared/features/servers';
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { SkeletonLines } from '../../components/section.tsx';
import { CodeText } from '../templates/code-text.tsx';
import { DifferenceList } from '../templates/difference-list.tsx';
import { templateDifferences } from '../templates/template-differences.ts';
import classes from './dry-run-dialog.module.css';
import { dryRunStrings as strings } from './dry-run-strings.ts';

/** The command, the files and the environment of the next start, as they would be now. */
export function DryRunDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const { data, error, isPending } = useDryRun(server.id);
  return (
    <Modal opened onClose={onClose} title={strings.title} size="xl">
      <Stack gap={20}>
        <p className={classes.hint}>
          {strings.hint} {strings.hiddenHint}
        </p>
        {isPending && <SkeletonLines count={5} />}
        {error && <Failure title={strings.failed} error={error} />}
        {data && (
          <>
            <div className={classes.part}>
              <CodeText title={strings.command} text={data.command} />
              <span className={classes.copy}>
                <CopyButton value={data.command} what="command" />
              </span>
            </div>
            <section className={classes.part} aria-label={strings.files}>
              <h3 className={classes.title}>{strings.files}</h3>
              {data.configFiles === null ? (
                <Notice tone="info">{strings.away(server.node.name)}</Notice>
              ) : data.configFiles.length === 0 ? (
                <p className={classes.hint}>{strings.noFiles}</p>
              ) : (
                data.configFiles.map((file, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a template may name one file twice
                  <FilePlan key={index} file={file} />
                ))
              )}
            </section>
            <details className={classes.part}>
              <summary className={classes.summary}>{strings.environment}</summary>
              <CodeText title={strings.environment} text={linesOf(data.environment)} />
            </details>
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {strings.close}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function FilePlan({ file: { path, outcome, before, after, notes } }: { file: ConfigFilePlan }) {
  const differences =
    after === null ? [] : templateDifferences(before === null ? {} : { [path]: before }, { [path]: after });
  return (
    <div className={classes.file}>
      {differences.length > 0 ? (
        <DifferenceList differences={differences} />
      ) : (
        <p className={classes.hint}>
          <code>{path}</code> {strings.outcomes[outcome]}
        </p>
      )}
      {notes.map((note) => (
        <Notice key={note} tone="warning">
          {note}
        </Notice>
      ))}
    </div>
  );
}

/** Read anew each time it is opened: the game may have changed its files. */
function useDryRun(id: string) {
  return useQuery({
    queryKey: keys.dryRun(id),
    queryFn: () => api.servers.dryRun({ params: { id } }),
    gcTime: 0,
  });
}

const linesOf = (environment: Record<string, string>) =>
  Object.entries(environment)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
