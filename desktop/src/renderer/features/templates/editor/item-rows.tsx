import { ActionIcon, Button, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import classes from './item-rows.module.css';
import { type JsonPath, listAt, textAt } from './json-values.ts';
import { strings } from './strings.ts';
import type { FormParts } from './text-field.tsx';

interface ItemRowsProps {
  parts: FormParts;
  /** Of the list in the document, whose items have a name and a label. */
  list: string;
  newItem: object;
  addLabel: string;
  /** The fields of the item at a path. */
  children: (path: JsonPath) => ReactNode;
}

/** A list of what has fields of its own; one at a time is open. */
export function ItemRows({ parts, list, newItem, addLabel, children }: ItemRowsProps) {
  const items = listAt(parts.document, [list]);
  const [open, setOpen] = useState<number>();
  const add = () => {
    parts.set([list], [...items, newItem]);
    setOpen(items.length);
  };
  const remove = (index: number) => {
    parts.set([list], items.toSpliced(index, 1));
    setOpen(undefined);
  };
  return (
    <>
      {items.length > 0 && (
        <ul className={classes.list}>
          {items.map((_, index) => (
            <ItemRow
              // biome-ignore lint/suspicious/noArrayIndexKey: a name may be missing or there twice while it is typed
              key={index}
              parts={parts}
              path={[list, index]}
              isOpen={open === index}
              onToggle={() => setOpen(open === index ? undefined : index)}
              onRemove={() => remove(index)}
            >
              {children}
            </ItemRow>
          ))}
        </ul>
      )}
      <Button className={classes.add} variant="default" size="xs" onClick={add}>
        {addLabel}
      </Button>
    </>
  );
}

interface ItemRowProps extends Pick<ItemRowsProps, 'parts' | 'children'> {
  path: JsonPath;
  isOpen: boolean;
  onToggle: () => void;
  onRemove: () => void;
}

function ItemRow({ parts, path, isOpen, onToggle, onRemove, children }: ItemRowProps) {
  const { document, errors } = parts;
  const id = useId();
  const name = textAt(document, [...path, 'name']);
  const start = `${path.join('.')}.`;
  const hasError = Object.keys(errors).some((each) => each.startsWith(start));
  return (
    <li className={classes.item}>
      <div className={classes.head}>
        <UnstyledButton
          className={classes.toggle}
          aria-expanded={isOpen}
          aria-controls={id}
          data-wrong={hasError || undefined}
          onClick={onToggle}
        >
          <IconChevronDown className={classes.chevron} size={16} aria-hidden />
          <span className={classes.label}>{textAt(document, [...path, 'label']) || strings.unnamed}</span>
          <code className={classes.name}>{name}</code>
        </UnstyledButton>
        <ActionIcon aria-label={strings.removeOf(name || strings.unnamed)} onClick={onRemove}>
          <IconTrash size={16} stroke={1.6} />
        </ActionIcon>
      </div>
      <div id={id} className={classes.fields} hidden={!isOpen}>
        {isOpen && children(path)}
      </div>
    </li>
  );
}
