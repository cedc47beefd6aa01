import { Modal } from '@mantine/core';
import dialog from '../../../components/confirm-dialog.module.css';
import { Facts } from '../../../components/facts.tsx';
import { Notice } from '../../../components/notice.tsx';
import type { ImportEntry } from './import-batches.ts';
import classes from './report-dialog.module.css';
import { ReportNotes } from './report-notes.tsx';
import { strings } from './strings.ts';

/** What was made of a file, part by part. */
export function ReportDialog({ entry, onClose }: { entry: ImportEntry; onClose: () => void }) {
  const { fileName, template, report, error } = entry;
  return (
    <Modal opened onClose={onClose} title={template?.name ?? fileName} size="lg">
      <div className={dialog.form}>
        {error && (
          <Notice tone="error" title={strings.refusedTitle}>
            {error.message}
            {error.issues.length > 0 && (
              <ul className={classes.issues}>
                {error.issues.map(({ path, message }) => (
                  <li key={`${path} ${message}`}>
                    {path && <code>{path}</code>} {message}
                  </li>
                ))}
              </ul>
            )}
          </Notice>
        )}
        <Facts
          facts={[
            [strings.columns.file, fileName],
            [strings.format, report && `${report.version}, ${report.encoding.toUpperCase()}`],
          ]}
        />
        {report && <ReportNotes report={report} />}
      </div>
    </Modal>
  );
}
