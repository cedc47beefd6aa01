import type { FoundFile } from '@catalyst/shared/features/files-tree';
import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { SkeletonLines } from '../../../components/section.tsx';
import { type FilePath, nameKey, readPath, shownPath } from '../file-path.ts';
import { type FolderArrival, fileAddress, folderAddress } from '../files-address.ts';
import { strings as fileStrings } from '../strings.ts';
import classes from './search-dialog.module.css';
import { searchStrings as strings } from './strings.ts';
import { type Sought, useSearch } from './use-search.ts';

interface SearchDialogProps {
  serverId: string;
  folder: FilePath;
  onClose: () => void;
}

/** Finds names, or lines of texts; a name opens the folder it is in, a line its file. */
export function SearchDialog({ serverId, folder, onClose }: SearchDialogProps) {
  const [kind, setKind] = useState<Sought['kind']>('name');
  const [value, setValue] = useState('');
  const [sought, setSought] = useState<Sought>();
  const [isTried, setTried] = useState(false);
  const search = useSearch(serverId, folder, sought);
  return (
    <Modal opened onClose={onClose} title={strings.title(folder.at(-1)?.text ?? fileStrings.home)} size="lg">
      <form
        className={dialog.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (value === '') return;
          if (sought?.kind === kind && sought.value === value) void search.refetch();
          else setSought({ kind, value });
        }}
      >
        <SegmentedControl
          fullWidth
          aria-label={strings.kind}
          data={(['name', 'text'] as const).map((one) => ({ value: one, label: strings.kinds[one] }))}
          value={kind}
          onChange={(chosen) => setKind(chosen as Sought['kind'])}
        />
        <div className={classes.line}>
          <TextInput
            className={classes.field}
            label={strings.sought}
            description={kind === 'name' ? strings.nameHint : strings.textHint}
            value={value}
            error={isTried && value === '' ? strings.empty : undefined}
            maxLength={kind === 'name' ? 250 : 1000}
            spellCheck={false}
            autoComplete="off"
            data-autofocus
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Button type="submit" className={classes.button} loading={search.isFetching}>
            {strings.button}
          </Button>
        </div>
      </form>
      {search.isFetching && (
        <div className={classes.waiting} role="status" aria-label={strings.searching}>
          <SkeletonLines count={4} />
        </div>
      )}
      {search.error && !search.isFetching && <Failure title={strings.failed} error={search.error} />}
      {search.data && !search.isFetching && (
        <Results
          {...{ serverId, folder, onClose }}
          items={search.data.items}
          rest={strings.ended[search.data.endedBy]}
        />
      )}
    </Modal>
  );
}

interface ResultsProps extends SearchDialogProps {
  items: readonly FoundFile[];
  rest: string;
}

function Results({ serverId, folder, items, rest, onClose }: ResultsProps) {
  return (
    <>
      <p className={classes.count} role="status">
        {items.length === 0 ? strings.nothing : strings.found(items.length)}
      </p>
      <ul className={classes.list}>
        {items.map((item) => {
          const path = [...folder, ...readPath(item)];
          const name = path.at(-1) ?? { text: '' };
          const state: FolderArrival = { cursor: nameKey(name) };
          const address =
            item.line === undefined
              ? folderAddress(serverId, path.slice(0, -1))
              : fileAddress(serverId, path);
          return (
            <li key={`${item.pathBase64 ?? item.path}\0${item.line}`} className={classes.row}>
              <Link to={address} state={state} className={classes.path} onClick={onClose}>
                {shownPath(readPath(item))}
              </Link>
              {item.line !== undefined && (
                <p className={classes.text}>
                  <span className={classes.number}>{strings.line(item.line)}</span> {item.text}
                </p>
              )}
            </li>
          );
        })}
      </ul>
      {rest && <p className={classes.count}>{rest}</p>}
    </>
  );
}
