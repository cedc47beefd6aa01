import type { ReactNode } from 'react';

/** Shown through in the colour of the tile. */
const ground = 'var(--icon-ground)';

/** Icons of games, drawn by us on a 24 px grid in one colour and its lighter shades. */
export const gameDrawings: Record<string, ReactNode> = {
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
      <path d="M4.5 8h5v3.5h-5Z" fill={ground} opacity=".85" />
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
        fill={ground}
        opacity=".55"
      />
    </>
  ),
  paper: (
    <>
      <path d="M2.5 11.5 21.5 3 15 20.5 11.2 14.2Z" opacity=".55" />
      <path d="M2.5 11.5 21.5 3 8.6 13.2Z" opacity=".95" />
      <path d="M8.6 13.2 11.2 14.2 9 19.5Z" opacity=".8" />
    </>
  ),
  fabric: (
    <>
      <path d="M4.5 3h3.6v18H4.5ZM15.9 3h3.6v18h-3.6Z" opacity=".5" />
      <path d="M3 4.5h18v3.6H3ZM3 15.9h18v3.6H3Z" opacity=".8" />
      <path d="M10.2 3h3.6v18h-3.6Z" />
      <path d="M3 10.2h6.2v3.6H3ZM14.8 10.2H21v3.6h-6.2Z" opacity=".8" />
    </>
  ),
  bedrock: (
    <>
      <path d="M3 10 8.5 3.8 16 5l5 6.5-2.2 7.3L10.5 21 4 17Z" opacity=".45" />
      <path d="M8.5 3.8 16 5l-3.6 5.6L7 9.4Z" opacity=".95" />
      <path d="m12.4 10.6 8.6.9-2.2 7.3-6-2Z" opacity=".75" />
    </>
  ),
  velocity: (
    <>
      <path d="M2.5 4.5h5L14 12l-6.5 7.5h-5L9 12Z" opacity=".45" />
      <path d="M10 4.5h5l6.5 7.5-6.5 7.5h-5l6.5-7.5Z" opacity=".95" />
    </>
  ),
  teeworlds: (
    <>
      <circle cx="12" cy="10.5" r="7.5" opacity=".9" />
      <ellipse cx="12.6" cy="9" rx="1.4" ry="2.2" fill={ground} />
      <ellipse cx="16.4" cy="9" rx="1.4" ry="2.2" fill={ground} />
      <ellipse cx="7.5" cy="19.2" rx="4" ry="2.3" opacity=".6" />
      <ellipse cx="16.5" cy="19.2" rx="4" ry="2.3" opacity=".6" />
    </>
  ),
  bzflag: (
    <>
      <path d="M2.5 14.5h19l-2.5 5.7H5Z" opacity=".95" />
      <path d="M6.5 10.2H15v3.3H6.5Z" opacity=".7" />
      <path d="M15 10.6h7v1.7h-7Z" opacity=".7" />
      <path d="M8.2 2.5h1.3v7H8.2Z" opacity=".6" />
      <path d="m9.5 2.8 6 2-6 2.2Z" />
    </>
  ),
  armagetron: (
    <>
      <path d="M2 15.5h7v4.5H2Z" opacity=".35" />
      <path d="M9 7h4.5v13H9Z" opacity=".55" />
      <path d="M13.5 7H17v4.5h-3.5Z" opacity=".75" />
      <path d="M16.2 5.5h3.6l2.7 3.7-2.7 3.8h-3.6Z" />
    </>
  ),
  wesnoth: (
    <>
      <path d="m12 2.3 8.5 2.5v6.7c0 5-3.6 8.4-8.5 10.2-4.9-1.8-8.5-5.2-8.5-10.2V4.8Z" opacity=".45" />
      <path d="m12 4.5 1.1 1.6v7.4h-2.2V6.1Z" />
      <path d="M7.8 13.2h8.4V15H7.8ZM11.1 15h1.8v4h-1.8Z" />
    </>
  ),
  mumble: (
    <>
      <path
        d="M12 3a8.5 8.5 0 0 0-8.5 8.5V15h2.2v-3.5a6.3 6.3 0 0 1 12.6 0V15h2.2v-3.5A8.5 8.5 0 0 0 12 3Z"
        opacity=".6"
      />
      <rect x="3" y="12.3" width="4.8" height="7.2" rx="1.7" />
      <rect x="16.2" y="12.3" width="4.8" height="7.2" rx="1.7" />
      <path d="M18.4 19.5c-.5 1.7-2.2 2.3-5 2.3v-1.5c2 0 3-.2 3.4-1.2Z" opacity=".7" />
    </>
  ),
  freeciv: (
    <>
      <path d="m12 2.5 9.5 5.3H2.5Z" opacity=".95" />
      <path d="M4.2 9h2.8v8.2H4.2ZM10.6 9h2.8v8.2h-2.8ZM17 9h2.8v8.2H17Z" opacity=".6" />
      <path d="M2.8 18.4h18.4V21H2.8Z" opacity=".85" />
    </>
  ),
};
