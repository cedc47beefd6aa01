import { Checkbox } from '@mantine/core';
import { settingsStrings as strings } from './settings-strings.ts';

interface KeepChoiceProps {
  isKept: boolean;
  onChange: (isKept: boolean) => void;
}

/** Whether the files outlive the server. */
export function KeepChoice({ isKept, onChange }: KeepChoiceProps) {
  return (
    <Checkbox
      label={strings.keepFiles}
      description={strings.keepFilesHint}
      checked={isKept}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
