import type { ChangeEvent } from 'react';
import classes from './select-box.module.css';

interface SelectBoxProps {
  'aria-label': string;
  isChecked: boolean;
  /** Some of what it stands for is selected. */
  isPartly?: boolean;
  onChange: (event: ChangeEvent<HTMLInputElement>) => void;
  className?: string;
  /** -1 where the keys of the list select. */
  tabIndex?: number;
}

/** The browser's own checkbox, as a list draws dozens of them for every screen it scrolls. */
export function SelectBox({ isChecked, isPartly = false, className = '', ...props }: SelectBoxProps) {
  return (
    <input
      ref={(box) => {
        if (box) box.indeterminate = isPartly;
      }}
      type="checkbox"
      className={`${classes.box} ${className}`}
      checked={isChecked}
      {...props}
    />
  );
}
