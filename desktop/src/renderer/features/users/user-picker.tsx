import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { strings } from './strings.ts';
import { useUsers } from './use-users.ts';
import { shownName } from './user-name.tsx';

interface UserPickerProps {
  label: string;
  description?: string;
  value: string | null;
  onChange: (id: string | null) => void;
  /** Who cannot be picked. */
  except: readonly string[];
}

/** One of all users, found by typing. */
export function UserPicker({ label, description, value, onChange, except }: UserPickerProps) {
  const [text, setText] = useState('');
  const [typed] = useDebouncedValue(text.trim(), 200);
  // What was picked is written out in the field; asking for it as a whole would find nobody.
  const [picked, setPicked] = useState<string>();
  const { users } = useUsers({ status: 'active', q: typed === picked ? undefined : typed || undefined });
  const choices = (users ?? []).filter(({ id }) => !except.includes(id));
  return (
    <Select
      label={label}
      description={description}
      placeholder={strings.findUser}
      nothingFoundMessage={strings.nobodyFound}
      searchable
      value={value}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id, option) => {
        setPicked(option?.label);
        onChange(id);
      }}
      filter={({ options }) => options}
      data={choices.map((user) => ({ value: user.id, label: `${shownName(user)} (${user.email})` }))}
    />
  );
}
