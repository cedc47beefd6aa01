import { ActionIcon, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './console-find.module.css';
import { strings } from './strings.ts';
import type { Terminal } from './terminal.ts';
import type { Matches } from './use-console.ts';

/** The search bar over the terminal; Enter goes to older matches, Shift-Enter to newer ones, Escape leaves. */
export function ConsoleFind(props: {
  terminal: Terminal;
  matches: Matches | undefined;
  onClose: () => void;
}) {
  const { terminal, matches, onClose } = props;
  const [text, setText] = useState('');
  return (
    <search className={classes.bar}>
      <TextInput
        className={classes.field}
        aria-label={strings.find}
        placeholder={strings.findPlaceholder}
        value={text}
        autoFocus
        spellCheck={false}
        onChange={(event) => {
          setText(event.currentTarget.value);
          terminal.find(event.currentTarget.value, 'newest');
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          if (event.key !== 'Enter') return;
          event.preventDefault();
          terminal.find(text, event.shiftKey ? 'newer' : 'older');
        }}
      />
      <span className={classes.count} role="status">
        {text !== '' && matches && countText(matches)}
      </span>
      <ActionIcon aria-label={strings.findOlder} onClick={() => terminal.find(text, 'older')}>
        <IconChevronUp size={16} />
      </ActionIcon>
      <ActionIcon aria-label={strings.findNewer} onClick={() => terminal.find(text, 'newer')}>
        <IconChevronDown size={16} />
      </ActionIcon>
      <ActionIcon aria-label={strings.closeFind} onClick={onClose}>
        <IconX size={16} />
      </ActionIcon>
    </search>
  );
}

/** The add-on gives no index once there are more matches than it marks. */
const countText = ({ index, count }: Matches): string =>
  index < 0 && count > 0 ? strings.manyMatches(count) : strings.matches(index, count);
