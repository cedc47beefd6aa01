import type { Node } from '@catalyst/shared/features/nodes';
import { ImageReference } from '@catalyst/shared/features/server-spec';
import { Button, FileInput, Modal, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { sentenceOf } from '../../../api/errors.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { strings as shared } from '../../../components/strings.ts';
import { trackOperation } from '../../operations/local-operations.ts';
import { strings } from './strings.ts';
import { uploadArchive } from './upload-archive.ts';

/** Which archive to take in. It is sent in the background; how far it is can be seen on the page. */
export function ImportDialog({ node, onClose }: { node: Node; onClose: () => void }) {
  const form = useForm<{ file: File | null; name: string }>({
    initialValues: { file: null, name: '' },
    validate: {
      file: (file) => (file ? null : strings.noFile),
      name: (name) =>
        name.trim() === '' || ImageReference.safeParse(name.trim()).success ? null : strings.referenceHint,
    },
  });
  const begin = (file: File, name: string) => {
    const path = `/nodes/${node.id}/images`;
    const operation = { title: strings.importing(file.name), path, failure: sentenceOf };
    // How it ends is told where operations are, and on this page by the node itself.
    trackOperation(operation, uploadArchive(node.id, file, name || undefined)).catch(() => {});
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={strings.importTitle(node.name)}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit(({ file, name }) => {
          if (file) begin(file, name.trim());
        })}
      >
        <p>{strings.importText}</p>
        <FileInput
          label={strings.file}
          description={strings.fileHint}
          placeholder={strings.filePlaceholder}
          accept=".tar,.tgz,.gz,application/x-tar,application/gzip"
          {...form.getInputProps('file')}
        />
        <TextInput
          label={strings.name}
          description={strings.nameHint}
          spellCheck={false}
          autoCapitalize="none"
          maxLength={500}
          {...form.getInputProps('name')}
        />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit">{strings.importAction}</Button>
        </div>
      </form>
    </Modal>
  );
}
