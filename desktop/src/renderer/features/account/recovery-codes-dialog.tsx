import { Button, Checkbox, Modal } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import dialog from '../../components/confirm-dialog.module.css';
import { copyText } from '../../components/copy-text.ts';
import { Notice } from '../../components/notice.tsx';
import { saveFile } from '../../components/save-file.ts';
import { useUser } from '../sessions/use-session.ts';
import classes from './recovery-codes-dialog.module.css';
import { strings } from './strings.ts';

/** Shows recovery codes the only time they are known. It closes when they are kept, and not by accident. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { email } = useUser();
  const [isKept, setKept] = useState(false);
  const [copied, setCopied] = useState<boolean>();
  const download = () => {
    const text = `${strings.fileHead(location.host, email)}${codes.join('\n')}\n`;
    saveFile(strings.fileName(location.host), text, 'text/plain');
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={strings.codesTitle}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
    >
      <div className={dialog.form}>
        <p>{strings.codesText}</p>
        <ol className={classes.codes} aria-label={strings.codesList}>
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ol>
        <div className={classes.ways}>
          <Button
            variant="default"
            data-autofocus
            leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            onClick={async () => setCopied(await copyText(codes.join('\n')))}
          >
            {copied ? strings.copied : strings.copyCodes}
          </Button>
          <Button variant="default" leftSection={<IconDownload size={16} />} onClick={download}>
            {strings.download}
          </Button>
        </div>
        {copied === false && (
          <Notice tone="warning" urgent>
            {strings.copyFailed}
          </Notice>
        )}
        <Checkbox
          label={strings.kept}
          checked={isKept}
          onChange={(event) => setKept(event.currentTarget.checked)}
        />
        <div className={dialog.buttons}>
          <Button disabled={!isKept} onClick={onClose}>
            {strings.done}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
