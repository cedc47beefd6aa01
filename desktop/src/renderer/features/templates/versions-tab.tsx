import type { Template, TemplateVersion } from '@catalyst/shared/features/templates';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useId, useMemo, useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Failure } from '../../components/failure.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ListSkeleton } from '../people/list-skeleton.tsx';
import list from '../people/people-list.module.css';
import { DifferenceList } from './difference-list.tsx';
import { strings } from './strings.ts';
import { changesTo, contentOf } from './template-content.ts';
import { templateDifferences } from './template-differences.ts';
import { useMayEdit, useShownTemplate } from './template-page.tsx';
import { useTemplateVersions, useUpdateTemplate } from './use-templates.ts';
import classes from './versions-tab.module.css';

/** Who changed a template when, and what; and the way back. */
export function VersionsTab() {
  const template = useShownTemplate();
  const mayRestore = useMayEdit(template);
  const { versions, error, isFetching, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useTemplateVersions(template.id);
  const [restored, setRestored] = useState<TemplateVersion>();
  return (
    <>
      {error && (
        <Failure
          title={strings.versionsFailed}
          error={error}
          retry={() => void refetch()}
          isRetrying={isFetching}
        />
      )}
      {!versions && !error && <ListSkeleton />}
      {versions && (
        <ol className={list.list} reversed>
          {versions.map((version, index) => (
            <Version
              key={version.version}
              version={version}
              before={versions[index + 1]}
              isBuiltIn={template.origin === 'built-in'}
              isCurrent={version.version === template.version}
              // The one before it may not be read yet.
              isLast={index === versions.length - 1}
              hasOlder={hasNextPage}
              onOlder={() => void fetchNextPage()}
              onRestore={mayRestore ? () => setRestored(version) : undefined}
            />
          ))}
        </ol>
      )}
      {hasNextPage && (
        <Button
          className={list.more}
          variant="default"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {strings.older}
        </Button>
      )}
      {restored && (
        <RestoreDialog template={template} version={restored} onClose={() => setRestored(undefined)} />
      )}
    </>
  );
}

interface VersionProps {
  version: TemplateVersion;
  before?: TemplateVersion;
  isBuiltIn: boolean;
  isCurrent: boolean;
  isLast: boolean;
  hasOlder: boolean;
  onOlder: () => void;
  onRestore?: () => void;
}

function Version({ version, before, isCurrent, ...props }: VersionProps) {
  const { version: number, at, actorName } = version;
  const [isOpen, setOpen] = useState(false);
  const detailsId = useId();
  const toggle = () => {
    if (!isOpen && props.isLast && props.hasOlder) props.onOlder();
    setOpen(!isOpen);
  };
  return (
    <li className={list.item}>
      <div className={list.who}>
        <div className={list.first}>
          <span className={list.name}>{strings.versionOf(number)}</span>
          {isCurrent && <span className={list.tag}>{strings.current}</span>}
        </div>
        <div className={list.sub}>
          {props.isBuiltIn ? (
            <span>{strings.builtInVersion}</span>
          ) : (
            <>
              <span>{actorName}</span>
              <RelativeTime at={at} />
            </>
          )}
        </div>
      </div>
      {!props.isBuiltIn && (
        <div className={list.actions}>
          <Button
            variant="default"
            size="xs"
            aria-label={strings.whatChanged(number)}
            aria-expanded={isOpen}
            aria-controls={detailsId}
            onClick={toggle}
          >
            {strings.differences}
          </Button>
          {props.onRestore && !isCurrent && (
            <Button
              variant="default"
              size="xs"
              aria-label={strings.restoreOf(number)}
              onClick={props.onRestore}
            >
              {strings.restore}
            </Button>
          )}
        </div>
      )}
      <section
        className={classes.details}
        id={detailsId}
        hidden={!isOpen}
        aria-label={strings.whatChanged(number)}
      >
        {isOpen && before && <Changes before={before.template} after={version.template} />}
        {isOpen && !before && !props.hasOlder && <p className={list.hint}>{strings.first}</p>}
      </section>
    </li>
  );
}

function Changes({ before, after }: { before: Template; after: Template }) {
  const differences = useMemo(() => templateDifferences(before, after), [before, after]);
  return <DifferenceList differences={differences} />;
}

interface RestoreDialogProps {
  template: Template;
  version: TemplateVersion;
  onClose: () => void;
}

function RestoreDialog({ template, version, onClose }: RestoreDialogProps) {
  const update = useUpdateTemplate(template.id);
  const { version: number } = version;
  return (
    <ConfirmDialog
      title={strings.restoreTitle(number)}
      confirmLabel={strings.restore}
      isBusy={update.isPending}
      error={update.error}
      onClose={onClose}
      onConfirm={() =>
        update.mutate(changesTo(contentOf(version.template), template.version), {
          onSuccess: (saved) => {
            notifications.show({ message: strings.restored(number, saved.version) });
            onClose();
          },
        })
      }
    >
      <p>{strings.restoreText(template.version + 1)}</p>
      <p>{strings.restoreChanges}</p>
      <div className={classes.changes}>
        <Changes before={template} after={version.template} />
      </div>
    </ConfirmDialog>
  );
}
