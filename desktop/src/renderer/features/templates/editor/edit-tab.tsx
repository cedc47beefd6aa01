import type { Template } from '@catalyst/shared/features/templates';
import { Button, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { hasCode, issuesByField, sentenceOf } from '../../../api/errors.ts';
import { LeaveGuard } from '../../../components/leave-guard.tsx';
import { Notice } from '../../../components/notice.tsx';
import { SaveBar } from '../../../components/save-bar.tsx';
import list from '../../people/people-list.module.css';
import { DifferenceList } from '../difference-list.tsx';
import { changesTo } from '../template-content.ts';
import { templateDifferences } from '../template-differences.ts';
import { useMayEdit, useShownTemplate } from '../template-page.tsx';
import { useRefreshTemplates, useUpdateTemplate } from '../use-templates.ts';
import classes from './edit-tab.module.css';
import { JsonEditor, type JsonEditorHandle } from './json-editor.tsx';
import { isRecord } from './json-values.ts';
import { ProblemList } from './problem-list.tsx';
import { strings } from './strings.ts';
import { type Problem, readDraft, textOf, withLines } from './template-draft.ts';
import { TemplateForm } from './template-form.tsx';
import { TemplatePreview } from './template-preview.tsx';

/** A template in the hands of somebody who changes it. */
export function EditTab() {
  const template = useShownTemplate();
  const mayEdit = useMayEdit(template);
  if (!mayEdit) return <Notice tone="info">{strings.notEditable}</Notice>;
  return <Editor template={template} />;
}

type View = keyof typeof strings.views;

function Editor({ template }: { template: Template }) {
  /** The version the text comes from. */
  const [base, setBase] = useState(template);
  const [text, setText] = useState(() => textOf(template));
  const [view, setView] = useState<View>('form');
  /** Another form for another text, as its fields hold some of it. */
  const [formKey, setFormKey] = useState(0);
  const [badNames, setBadNames] = useState<ReadonlySet<string>>(new Set());
  const editor = useRef<JsonEditorHandle>(null);
  const update = useUpdateTemplate(template.id);
  const refresh = useRefreshTemplates();
  const isDirty = text !== textOf(base);
  const draft = useMemo(() => readDraft(text), [text]);
  const refused = useMemo(() => refusalOf(update.error, text), [update.error, text]);
  const problems = draft.problems.length > 0 ? draft.problems : refused;
  const isBehind = template.version !== base.version;
  const isValid = draft.content !== null && !isBehind && badNames.size === 0;
  const load = (from: Template) => {
    setBase(from);
    setText(textOf(from));
    setFormKey((key) => key + 1);
    setBadNames(new Set());
  };
  const show = (next: View) => {
    setView(next);
    // The rows are read from the document again when the form comes back.
    setBadNames(new Set());
  };
  if (isBehind && !isDirty) load(template);

  const change = (next: string) => {
    update.reset();
    setText(next);
  };
  const openLine = (line: number) => {
    // The editor must be there before it can go anywhere.
    flushSync(() => show('json'));
    editor.current?.goTo(line);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!draft.content || !isValid) return;
    update.mutate(changesTo(draft.content, base.version), {
      onSuccess: (saved) => {
        load(saved);
        notifications.show({ message: strings.saved(saved.name, saved.version) });
      },
      // Somebody was faster: their version is read, and then it is asked whose is kept.
      onError: (error) => {
        if (hasCode(error, 'precondition_failed', 'conflict')) void refresh();
      },
    });
  };
  return (
    <form className={list.page} noValidate onSubmit={submit}>
      <SegmentedControl
        className={classes.views}
        aria-label={strings.view}
        value={view}
        onChange={(next) => show(next as View)}
        data={(Object.keys(strings.views) as View[]).map((value) => ({ value, label: strings.views[value] }))}
      />
      {isBehind && isDirty && !update.isPending && (
        <Conflict
          base={base}
          theirs={template}
          onTakeTheirs={() => {
            update.reset();
            load(template);
          }}
          onKeepMine={() => {
            update.reset();
            setBase(template);
          }}
        />
      )}
      {problems.length > 0 && <ProblemList problems={problems} onOpen={openLine} />}
      {view === 'json' && (
        <>
          <p className={list.hint}>{strings.jsonHint}</p>
          <JsonEditor ref={editor} text={text} problems={problems} onChange={change} />
        </>
      )}
      {view === 'form' &&
        (isRecord(draft.document) ? (
          <TemplateForm
            key={formKey}
            document={draft.document}
            errors={errorsByPath(problems)}
            onChange={(document) => change(JSON.stringify(document, null, 2))}
            onBadNames={(part, hasSome) =>
              setBadNames((before) => {
                const after = new Set(before);
                if (hasSome) after.add(part);
                else after.delete(part);
                return after;
              })
            }
          />
        ) : (
          <Notice tone="info">{strings.brokenJson}</Notice>
        ))}
      {view === 'preview' &&
        (draft.content ? (
          <TemplatePreview content={draft.content} />
        ) : (
          <Notice tone="info">{strings.brokenPreview}</Notice>
        ))}
      {isDirty && (
        <SaveBar
          isSaving={update.isPending}
          isValid={isValid}
          onDiscard={() => {
            update.reset();
            load(template);
          }}
        >
          {barText()}
        </SaveBar>
      )}
      <LeaveGuard isDirty={isDirty && !update.isPending} />
    </form>
  );

  function barText(): string {
    if (update.error) return `${strings.saveFailed}: ${sentenceOf(update.error)}`;
    if (problems.length > 0) return `${strings.problems(problems.length)}. ${strings.problemsHint}`;
    if (badNames.size > 0) return strings.badNames;
    return strings.savedHint(template.version + 1);
  }
}

function refusalOf(error: unknown, text: string): Problem[] {
  const issues = Object.entries(issuesByField(error)).map(([path, message]) => ({ path, message }));
  return withLines(text, issues);
}

const errorsByPath = (problems: readonly Problem[]): Record<string, string> =>
  Object.fromEntries(problems.map(({ path, message }) => [path, message]));

interface ConflictProps {
  base: Template;
  theirs: Template;
  onTakeTheirs: () => void;
  onKeepMine: () => void;
}

/** Two people changed it: which of both is kept is nobody's to guess. */
function Conflict({ base, theirs, onTakeTheirs, onKeepMine }: ConflictProps) {
  const differences = useMemo(() => templateDifferences(base, theirs), [base, theirs]);
  return (
    <Notice tone="warning" urgent title={strings.conflictTitle(theirs.version)}>
      <div className={classes.conflict}>
        <p>{strings.conflict(base.version)}</p>
        <DifferenceList differences={differences} />
        <p>{strings.conflictHint(theirs.version)}</p>
        <div className={classes.buttons}>
          <Button variant="default" size="xs" onClick={onTakeTheirs}>
            {strings.takeTheirs(theirs.version)}
          </Button>
          <Button variant="default" size="xs" onClick={onKeepMine}>
            {strings.keepMine}
          </Button>
        </div>
      </div>
    </Notice>
  );
}
