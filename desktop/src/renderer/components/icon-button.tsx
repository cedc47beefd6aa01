import { Loader } from '@mantine/core';
import type { ComponentProps } from 'react';
import classes from './icon-button.module.css';

interface IconButtonProps extends ComponentProps<'button'> {
  'aria-label': string;
  isBusy?: boolean;
}

/** Looks like Mantine's ActionIcon. A list draws dozens of them for every screen it scrolls, which must cost next to nothing. */
export function IconButton({ isBusy = false, className = '', children, ...props }: IconButtonProps) {
  return (
    <button
      type="button"
      className={`${classes.button} ${className}`}
      {...(isBusy && { 'aria-busy': true, disabled: true })}
      {...props}
    >
      {isBusy ? <Loader size={14} color="currentColor" /> : children}
    </button>
  );
}
