import type { FileText } from '@catalyst/shared/features/files';
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconSearch, IconTextWrap } from '@tabler/icons-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useBeforeUnload } from 'react-router';
import { Failure } from '../../../components/failure.tsx';
import { LeaveGuard } from '../../../components/leave-guard.tsx';
import { formatBytes } from '../../../components/units.ts';
import { setPreference, usePreferences } from '../../settings/preferences.ts';
import type { FilePath } from '../file-path.ts';
import { type CodeEditor, createCodeEditor } from './code-editor.ts';
import { FileHead } from './file-head.tsx';
import { languageOf } from './languages.ts';
import { lineEndsOf } from './line-ends.ts';
import { SaveConflictDialog } from './save-conflict-dialog.tsx';
import { editorStrings as strings } from './strings.ts';
import classes from './text-editor.module.css';
import { useSave } from './use-save.ts';

interface TextEditorProps {
  serverId: string;
  path: FilePath;
  file: FileText;
  isReadOnly: boolean;
}

/** A text file that is read and changed. */
export function TextEditor({ serverId, path, file, isReadOnly }: TextEditorProps) {
  const name = path.at(-1)?.text ?? '';
  const language = languageOf(name);
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor>(null);
  const [isDirty, setDirty] = useState(false);
  const [cursor, setCursor] = useState({ line: 1, column: 1 });
  const isWrapped = useWrap(editor);
  const saving = useSave({ serverId, path, file, editor });
  const save = useRef(saving.save);
  save.current = saving.save;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another file is another page; a later version of this one is put in by whoever read it
  useLayoutEffect(() => {
    if (!place.current) return;
    const created = createCodeEditor(place.current, {
      text: file.content,
      label: strings.text(name),
      isReadOnly,
      onDirty: setDirty,
      onCursor: (line, column) => setCursor({ line, column }),
      onSave: () => {
        if (!isReadOnly) save.current();
      },
    });
    editor.current = created;
    void language.load().then((loaded) => editor.current === created && created.setLanguage(loaded));
    return () => {
      editor.current = null;
      created.close();
    };
  }, []);
  useBeforeUnload((event) => {
    if (isDirty) event.preventDefault();
  });
  const ends = editor.current?.lineEnds() ?? lineEndsOf(file.content);
  return (
    <div className={classes.page}>
      <FileHead serverId={serverId} path={path} isDirty={isDirty}>
        <Tooltip label={strings.find}>
          <ActionIcon aria-label={strings.find} onClick={() => editor.current?.find()}>
            <IconSearch size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={strings.wrap}>
          <ActionIcon
            className={classes.switch}
            aria-label={strings.wrap}
            aria-pressed={isWrapped}
            onClick={() => setPreference('wrapLines', !isWrapped)}
          >
            <IconTextWrap size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        {!isReadOnly && (
          <Button
            title={strings.saveHint}
            disabled={!isDirty}
            loading={saving.isSaving}
            onClick={saving.save}
          >
            {strings.save}
          </Button>
        )}
      </FileHead>
      {saving.error && !saving.conflict ? <Failure title={strings.saveFailed} error={saving.error} /> : null}
      <div className={classes.box}>
        <div className={classes.editor} ref={place} />
        <div className={classes.status}>
          <span role="status">
            {isReadOnly ? strings.readOnly : isDirty ? strings.dirty : strings.unchanged}
          </span>
          <span className={classes.grow} />
          <span>{strings.position(cursor.line, cursor.column)}</span>
          <span title={strings.lineEndsHint}>{strings.lineEnds[ends]}</span>
          <span>{language.name}</span>
          <span>{formatBytes(saving.sizeBytes)}</span>
        </div>
      </div>
      {saving.conflict && (
        <SaveConflictDialog
          name={name}
          mine={editor.current?.text() ?? ''}
          language={language}
          saving={saving}
        />
      )}
      <LeaveGuard isDirty={isDirty} />
    </div>
  );
}

/** Long lines are wrapped where there is little room, unless the person has decided. */
function useWrap(editor: React.RefObject<CodeEditor | null>): boolean {
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const isWrapped = usePreferences().wrapLines ?? isNarrow;
  useEffect(() => editor.current?.setWrap(isWrapped), [editor, isWrapped]);
  return isWrapped;
}
