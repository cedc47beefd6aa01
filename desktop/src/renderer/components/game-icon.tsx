import type { ReactNode } from 'react';
import classes from './game-icon.module.css';

/** Icons of games, drawn by us on a 24 px grid in one colour and its lighter shades. */
const drawings: Record<string, ReactNode> = {
  minecraft: (
    <>
      <path d="M12 2.5 21 7.5 12 12.5 3 7.5Z" opacity=".95" />
      <path d="M3 8.8 11.4 13.5v8L3 16.7Z" opacity=".5" />
      <path d="M21 8.8 12.6 13.5v8l8.4-4.8Z" opacity=".72" />
      <path d="M3 8.8 11.4 13.5v2.4L9.3 14.7v1.6L7.2 15.1v-1.3L5.1 12.6v1.5L3 12.9Z" opacity=".6" />
    </>
  ),
  openttd: (
    <>
      <path d="M3 6.5h8v9H3Z" opacity=".55" />
      <path d="M4.5 8h5v3.5h-5Z" fill="var(--icon-ground)" opacity=".85" />
      <path d="M11 9.5h8.2a1.8 1.8 0 0 1 1.8 1.8v4.2H11Z" opacity=".95" />
      <path d="M16 5h3v4h-3ZM2.2 5h9.6v1.7H2.2Z" opacity=".8" />
      <circle cx="6.3" cy="17.5" r="2.5" />
      <circle cx="12.5" cy="18" r="2" />
      <circle cx="18" cy="18" r="2" />
      <path d="M20.6 16.2 23 19.6h-2.6Z" opacity=".6" />
    </>
  ),
  luanti: (
    <>
      <path d="M3.2 8.4C6.9 3.6 14.2 2 19 4.1l-.6 1.5-1.2.2C13 4.8 8 6 4.6 9.4Z" opacity=".95" />
      <path d="M15.7 7.3c2.6 1.5 4.3 4.6 4.2 8.2l-1.6.4c-.3-3.3-1.7-6-3.9-7.2Z" opacity=".7" />
      <path d="m13.4 7.7 2.5 2.4L5.6 21.3 3 18.8Z" opacity=".5" />
    </>
  ),
  egg: (
    <>
      <path d="M12 2.5c4 0 7.2 6.2 7.2 11a7.2 7.2 0 0 1-14.4 0c0-4.8 3.2-11 7.2-11Z" opacity=".9" />
      <path
        d="m5 12.2 2.8 1.9 2.8-2.4 2.8 2.4 2.8-2.4 2.7 1.9v1.9l-2.7-1.9-2.8 2.4-2.8-2.4-2.8 2.4L5 14.1Z"
        fill="var(--icon-ground)"
        opacity=".55"
      />
    </>
  ),
};

const generic = (
  <>
    <rect x="3.5" y="4" width="17" height="7" rx="1.8" opacity=".9" />
    <rect x="3.5" y="13" width="17" height="7" rx="1.8" opacity=".55" />
    <circle cx="7.3" cy="7.5" r="1.3" fill="var(--icon-ground)" />
    <circle cx="7.3" cy="16.5" r="1.3" fill="var(--icon-ground)" />
  </>
);

/** A game at a glance. Its name stands beside it, so it is hidden from screen readers. */
export function GameIcon({ name, size = 20 }: { name: string; size?: number }) {
  const known = Object.hasOwn(drawings, name);
  return (
    <span className={classes.tile} data-game={known ? name : 'generic'} style={{ width: size, height: size }}>
      <svg viewBox="0 0 24 24" width={size * 0.72} height={size * 0.72} fill="currentColor" aria-hidden>
        {known ? drawings[name] : generic}
      </svg>
    </span>
  );
}
