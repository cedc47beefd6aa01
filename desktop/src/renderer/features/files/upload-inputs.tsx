import type { RefObject } from 'react';
import { type NamedFile, namedFiles } from '../../components/dropped-items.ts';
import { strings } from './strings.ts';

interface UploadInputsProps {
  files: RefObject<HTMLInputElement | null>;
  folder: RefObject<HTMLInputElement | null>;
  onFiles: (files: NamedFile[]) => void;
}

/** The browser's own ways to choose files, which the buttons open. */
export function UploadInputs({ files, folder, onFiles }: UploadInputsProps) {
  const read = (input: HTMLInputElement) => {
    const chosen = namedFiles(input.files ?? []);
    // The same file can be chosen again.
    input.value = '';
    if (chosen.length > 0) onFiles(chosen);
  };
  return (
    <>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label={strings.uploadFiles}
        onChange={(event) => read(event.currentTarget)}
      />
      <input
        ref={(input) => {
          folder.current = input;
          if (input) input.webkitdirectory = true;
        }}
        type="file"
        hidden
        aria-label={strings.uploadFolder}
        onChange={(event) => read(event.currentTarget)}
      />
    </>
  );
}
