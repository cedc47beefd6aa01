import { ActionIcon } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { UsageBar } from '../../../components/usage-bar.tsx';
import classes from '../node-networks.module.css';
import pool from './pools.module.css';
import { poolStrings as strings } from './strings.ts';

interface PoolEntryProps {
  title: string;
  /** What else there is to say, in one line. */
  facts: readonly string[];
  usage: { label: string; fraction: number; text: string };
  children?: ReactNode;
  /** For those who may. */
  onEdit?: (() => void) | undefined;
  onRemove?: (() => void) | undefined;
}

/** A pool in a list of them: what it is, and how much of it is used. */
export function PoolEntry({ title, facts, usage, children, onEdit, onRemove }: PoolEntryProps) {
  return (
    <li className={classes.network}>
      <div className={classes.first}>
        <div className={classes.words}>
          <h3 className={classes.name}>{title}</h3>
          {facts.length > 0 && <p className={classes.sub}>{facts.join(' · ')}</p>}
        </div>
        {onEdit && onRemove && (
          <div className={classes.actions}>
            <ActionIcon aria-label={strings.editPool(title)} onClick={onEdit}>
              <IconPencil size={16} />
            </ActionIcon>
            <ActionIcon aria-label={strings.removePool(title)} onClick={onRemove}>
              <IconTrash size={16} />
            </ActionIcon>
          </div>
        )}
      </div>
      <div className={pool.usage}>
        <UsageBar {...usage} />
        <span className={classes.sub}>{usage.text}</span>
      </div>
      {children}
    </li>
  );
}
