import type { ReactNode } from 'react';

/** Shown through in the colour of the tile. */
const ground = 'var(--icon-ground)';

/** Icons of games, drawn by us on a 24 px grid in one colour and its lighter shades. */
export const gameDrawings: Record<string, ReactNode> = {
  minecraft: (
    <>
      <path d="M12 2.5 21 7.5 12 12.5 3 7.5Z" fillOpacity=".95" />
      <path d="M3 8.8 11.4 13.5v8L3 16.7Z" fillOpacity=".5" />
      <path d="M21 8.8 12.6 13.5v8l8.4-4.8Z" fillOpacity=".72" />
      <path d="M3 8.8 11.4 13.5v2.4L9.3 14.7v1.6L7.2 15.1v-1.3L5.1 12.6v1.5L3 12.9Z" fillOpacity=".6" />
    </>
  ),
  openttd: (
    <>
      <path d="M3 6.5h8v9H3Z" fillOpacity=".55" />
      <path d="M4.5 8h5v3.5h-5Z" fill={ground} fillOpacity=".85" />
      <path d="M11 9.5h8.2a1.8 1.8 0 0 1 1.8 1.8v4.2H11Z" fillOpacity=".95" />
      <path d="M16 5h3v4h-3ZM2.2 5h9.6v1.7H2.2Z" fillOpacity=".8" />
      <circle cx="6.3" cy="17.5" r="2.5" />
      <circle cx="12.5" cy="18" r="2" />
      <circle cx="18" cy="18" r="2" />
      <path d="M20.6 16.2 23 19.6h-2.6Z" fillOpacity=".6" />
    </>
  ),
  luanti: (
    <>
      <path d="M3.2 8.4C6.9 3.6 14.2 2 19 4.1l-.6 1.5-1.2.2C13 4.8 8 6 4.6 9.4Z" fillOpacity=".95" />
      <path d="M15.7 7.3c2.6 1.5 4.3 4.6 4.2 8.2l-1.6.4c-.3-3.3-1.7-6-3.9-7.2Z" fillOpacity=".7" />
      <path d="m13.4 7.7 2.5 2.4L5.6 21.3 3 18.8Z" fillOpacity=".5" />
    </>
  ),
  egg: (
    <>
      <path d="M12 2.5c4 0 7.2 6.2 7.2 11a7.2 7.2 0 0 1-14.4 0c0-4.8 3.2-11 7.2-11Z" fillOpacity=".9" />
      <path
        d="m5 12.2 2.8 1.9 2.8-2.4 2.8 2.4 2.8-2.4 2.7 1.9v1.9l-2.7-1.9-2.8 2.4-2.8-2.4-2.8 2.4L5 14.1Z"
        fill={ground}
        fillOpacity=".55"
      />
    </>
  ),
  paper: (
    <>
      <path d="M2.5 11.5 21.5 3 15 20.5 11.2 14.2Z" fillOpacity=".55" />
      <path d="M2.5 11.5 21.5 3 8.6 13.2Z" fillOpacity=".95" />
      <path d="M8.6 13.2 11.2 14.2 9 19.5Z" fillOpacity=".8" />
    </>
  ),
  fabric: (
    <>
      <path d="M4.5 3h3.6v18H4.5ZM15.9 3h3.6v18h-3.6Z" fillOpacity=".5" />
      <path d="M3 4.5h18v3.6H3ZM3 15.9h18v3.6H3Z" fillOpacity=".8" />
      <path d="M10.2 3h3.6v18h-3.6Z" />
      <path d="M3 10.2h6.2v3.6H3ZM14.8 10.2H21v3.6h-6.2Z" fillOpacity=".8" />
    </>
  ),
  bedrock: (
    <>
      <path d="M3 10 8.5 3.8 16 5l5 6.5-2.2 7.3L10.5 21 4 17Z" fillOpacity=".45" />
      <path d="M8.5 3.8 16 5l-3.6 5.6L7 9.4Z" fillOpacity=".95" />
      <path d="m12.4 10.6 8.6.9-2.2 7.3-6-2Z" fillOpacity=".75" />
    </>
  ),
  velocity: (
    <>
      <path d="M2.5 4.5h5L14 12l-6.5 7.5h-5L9 12Z" fillOpacity=".45" />
      <path d="M10 4.5h5l6.5 7.5-6.5 7.5h-5l6.5-7.5Z" fillOpacity=".95" />
    </>
  ),
  teeworlds: (
    <>
      <circle cx="12" cy="10.5" r="7.5" fillOpacity=".9" />
      <ellipse cx="12.6" cy="9" rx="1.4" ry="2.2" fill={ground} />
      <ellipse cx="16.4" cy="9" rx="1.4" ry="2.2" fill={ground} />
      <ellipse cx="7.5" cy="19.2" rx="4" ry="2.3" fillOpacity=".6" />
      <ellipse cx="16.5" cy="19.2" rx="4" ry="2.3" fillOpacity=".6" />
    </>
  ),
  bzflag: (
    <>
      <rect x="2.5" y="14.5" width="18" height="6" rx="3" fillOpacity=".95" />
      <circle cx="6" cy="17.5" r="1.2" fill={ground} />
      <circle cx="11.5" cy="17.5" r="1.2" fill={ground} />
      <circle cx="17" cy="17.5" r="1.2" fill={ground} />
      <path d="M6 10h9.5l1.5 3.5H5Z" fillOpacity=".7" />
      <path d="M15.5 10.3H23V12h-7Z" fillOpacity=".7" />
      <path d="M8.2 2.5h1.3V10H8.2Z" fillOpacity=".6" />
      <path d="m9.5 2.8 6 2-6 2.2Z" />
    </>
  ),
  armagetron: (
    <>
      <path d="M2 15.5h7v4.5H2Z" fillOpacity=".35" />
      <path d="M9 7h4.5v13H9Z" fillOpacity=".55" />
      <path d="M13.5 7H17v4.5h-3.5Z" fillOpacity=".75" />
      <path d="M16.2 5.5h3.6l2.7 3.7-2.7 3.8h-3.6Z" />
    </>
  ),
  wesnoth: (
    <>
      <path d="m12 2.3 8.5 2.5v6.7c0 5-3.6 8.4-8.5 10.2-4.9-1.8-8.5-5.2-8.5-10.2V4.8Z" fillOpacity=".45" />
      <path d="m12 4.5 1.1 1.6v7.4h-2.2V6.1Z" />
      <path d="M7.8 13.2h8.4V15H7.8ZM11.1 15h1.8v4h-1.8Z" />
    </>
  ),
  mumble: (
    <>
      <path
        d="M12 3a8.5 8.5 0 0 0-8.5 8.5V15h2.2v-3.5a6.3 6.3 0 0 1 12.6 0V15h2.2v-3.5A8.5 8.5 0 0 0 12 3Z"
        fillOpacity=".6"
      />
      <rect x="3" y="12.3" width="4.8" height="7.2" rx="1.7" />
      <rect x="16.2" y="12.3" width="4.8" height="7.2" rx="1.7" />
      <path d="M18.4 19.5c-.5 1.7-2.2 2.3-5 2.3v-1.5c2 0 3-.2 3.4-1.2Z" fillOpacity=".7" />
    </>
  ),
  freeciv: (
    <>
      <path d="m12 2.5 9.5 5.3H2.5Z" fillOpacity=".95" />
      <path d="M4.2 9h2.8v8.2H4.2ZM10.6 9h2.8v8.2h-2.8ZM17 9h2.8v8.2H17Z" fillOpacity=".6" />
      <path d="M2.8 18.4h18.4V21H2.8Z" fillOpacity=".85" />
    </>
  ),
  terraria: (
    <>
      <path d="M10.4 12h3.2v8.5h-3.2Z" fillOpacity=".55" />
      <circle cx="12" cy="7" r="4.8" />
      <circle cx="7.3" cy="10.3" r="3.8" fillOpacity=".75" />
      <circle cx="16.7" cy="10.3" r="3.8" fillOpacity=".75" />
      <path d="M3.5 19.8h17v1.9h-17Z" fillOpacity=".8" />
    </>
  ),
  factorio: (
    <>
      <path
        d="M10.2 2.5h3.6l.5 2.6 2 .9 2.3-1.5 2.5 2.6-1.5 2.2.8 2 2.6.5v.6l-2.7.5H3.7L1.5 11.3l2.4-.5.9-2-1.5-2.2 2.6-2.5L8 5.4l2-.8Z"
        fillOpacity=".9"
      />
      <circle cx="12" cy="11.5" r="3" fill={ground} />
      <path d="M2 14.2h20v3.2H2Z" fillOpacity=".5" />
      <circle cx="5" cy="19" r="2" fillOpacity=".8" />
      <circle cx="12" cy="19" r="2" fillOpacity=".8" />
      <circle cx="19" cy="19" r="2" fillOpacity=".8" />
    </>
  ),
  valheim: (
    <>
      <path d="M5.8 14.5a6.2 6.2 0 0 1 12.4 0v5.7H5.8Z" fillOpacity=".8" />
      <path d="M6.2 11.8C2.6 10.6 1.5 6.6 2.6 3c1.2 3 2.7 4.6 5.6 5.4ZM17.8 11.8c3.6-1.2 4.7-5.2 3.6-8.8-1.2 3-2.7 4.6-5.6 5.4Z" />
      <path d="M8 13.6h3v2H8ZM13 13.6h3v2h-3Z" fill={ground} />
      <path d="M11.1 12h1.8v9h-1.8Z" />
    </>
  ),
  rust: (
    <>
      <path
        d="M12 2.5a5 5 0 0 0-5 5V11h2.4V7.5a2.6 2.6 0 0 1 5.2 0V11H17V7.5a5 5 0 0 0-5-5Z"
        fillOpacity=".55"
      />
      <rect x="4.5" y="10.5" width="15" height="11" rx="1.8" fillOpacity=".95" />
      <path
        d="M7.5 13h2.2v2.2H7.5ZM10.9 13h2.2v2.2h-2.2ZM14.3 13h2.2v2.2h-2.2ZM7.5 16.6h2.2v2.2H7.5ZM10.9 16.6h2.2v2.2h-2.2ZM14.3 16.6h2.2v2.2h-2.2Z"
        fill={ground}
      />
    </>
  ),
  'counter-strike': (
    <>
      <path
        d="M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Zm0 2.2a5.3 5.3 0 1 1 0 10.6 5.3 5.3 0 0 1 0-10.6Z"
        fillRule="evenodd"
        fillOpacity=".6"
      />
      <path d="M11 1.5h2V8h-2ZM11 16h2v6.5h-2ZM1.5 11H8v2H1.5ZM16 11h6.5v2H16Z" />
      <circle cx="12" cy="12" r="1.5" />
    </>
  ),
  'garrys-mod': (
    <>
      <path
        d="M15.5 2.6a5.6 5.6 0 0 0-5.3 7.4L2.8 17.4a2.6 2.6 0 0 0 3.7 3.7l7.4-7.4A5.6 5.6 0 0 0 21 6.6l-3.5 3.5-3-.6-.6-3 3.5-3.5a5.6 5.6 0 0 0-1.9-.4Z"
        fillOpacity=".9"
      />
      <circle cx="4.9" cy="19" r="1.1" fill={ground} />
      <path d="M3.5 3.5h5v5h-5Z" fillOpacity=".5" />
    </>
  ),
  'team-fortress': (
    <>
      <path d="M21 3c-5 0-8.6 1.8-11.2 5L7 11.8l5.2 5.2L16 14.2c3.2-2.6 5-6.2 5-11.2Z" fillOpacity=".95" />
      <circle cx="15.4" cy="8.6" r="1.9" fill={ground} />
      <path d="m8.8 9.2-4 .6L3 13.6l4.2-.6ZM14.8 15.2l-.6 4-3.8 1.8.6-4.2Z" fillOpacity=".6" />
      <path d="m6.4 14.2 3.4 3.4L4 21.5 2.5 20Z" fillOpacity=".45" />
    </>
  ),
  palworld: (
    <>
      <ellipse cx="6" cy="9" rx="2.3" ry="3.1" fillOpacity=".7" />
      <ellipse cx="18" cy="9" rx="2.3" ry="3.1" fillOpacity=".7" />
      <ellipse cx="10" cy="5.2" rx="2.1" ry="3" fillOpacity=".7" />
      <ellipse cx="14" cy="5.2" rx="2.1" ry="3" fillOpacity=".7" />
      <path
        d="M12 10.5c3.6 0 7 4 7 7.3 0 2.3-1.7 3.4-3.6 3.4-1.3 0-2.2-.6-3.4-.6s-2.1.6-3.4.6C6.7 21.2 5 20.1 5 17.8c0-3.3 3.4-7.3 7-7.3Z"
        fillOpacity=".95"
      />
    </>
  ),
  ark: (
    <>
      <path d="M12 1.8 20.8 7v10L12 22.2 3.2 17V7Z" fillOpacity=".5" />
      <path d="M12 5.2 16.6 16h-2.4l-.9-2.3h-2.6L9.8 16H7.4Z" />
      <path d="m12 8.6.8 2.9h-1.6Z" fill={ground} />
      <path d="M6.4 17.6h11.2v1.6H6.4Z" fillOpacity=".8" />
    </>
  ),
  unturned: (
    <>
      <path d="M5 3.5h14v10H5Z" fillOpacity=".9" />
      <path d="M7.4 6.6h3.2v2.8H7.4ZM13.4 6.6h3.2v2.8h-3.2Z" fill={ground} />
      <path d="M8.6 11h6.8v1.3H8.6Z" fill={ground} fillOpacity=".8" />
      <path d="M3 15h18v6.5H3Z" fillOpacity=".5" />
      <path d="M10.6 15h2.8v6.5h-2.8Z" fillOpacity=".7" />
    </>
  ),
  '7-days-to-die': (
    <>
      <circle cx="16.4" cy="7.6" r="5.2" fillOpacity=".45" />
      <path d="M3 3.2h12.2v3L9.4 21.5H5.2l5.6-14.8H3Z" fillOpacity=".95" />
      <path d="M13.6 21.5c.2-3.4 1.2-6.4 3-6.4s2.8 3 3 6.4Z" fillOpacity=".7" />
      <circle cx="16.6" cy="12.9" r="1.9" fillOpacity=".7" />
    </>
  ),
  satisfactory: (
    <>
      <path d="M2.5 21V11l5.5 3.5V11l5.5 3.5V11l5 3.2V21Z" fillOpacity=".9" />
      <path d="M18.5 21V4h3v17Z" fillOpacity=".55" />
      <path d="M5 17h2.4v2H5ZM9.8 17h2.4v2H9.8ZM14.4 17h2.4v2h-2.4Z" fill={ground} />
      <path d="M17.8 2.4h4.4v1.9h-4.4Z" fillOpacity=".8" />
    </>
  ),
  'project-zomboid': (
    <>
      <path d="M5 21V9.5a7 7 0 0 1 14 0V21Z" fillOpacity=".75" />
      <path d="M11 6.5h2V9h2.5v2H13v5.5h-2V11H8.5V9H11Z" fill={ground} />
      <path d="M2.5 19.5h19v2.2h-19Z" />
    </>
  ),
  'dont-starve': (
    <>
      <path
        d="M12.5 2c.5 3.5 5.5 5.5 5.5 10.3a6 6 0 0 1-12 0c0-2.3 1.3-4 2.5-5.3.2 1.5.8 2.3 1.7 2.8C9.8 6.8 10.8 4 12.5 2Z"
        fillOpacity=".9"
      />
      <path d="M12.2 10c.2 1.8 2.3 2.6 2.3 4.6a2.5 2.5 0 0 1-5 0c0-2 1.9-2.6 2.7-4.6Z" fill={ground} />
      <path d="m3 19.2.8-1.7L21 20.3l-.3 1.6ZM21 19.2l-.8-1.7L3 20.3l.3 1.6Z" fillOpacity=".6" />
    </>
  ),
  'vintage-story': (
    <>
      <path d="M9 2.5h6v2.3H9Z" fillOpacity=".9" />
      <path
        d="M9.8 5h4.4v2c3.5 1.3 5.3 3.8 5.3 6.8 0 3.2-1.8 5.7-4.5 7.7H9c-2.7-2-4.5-4.5-4.5-7.7 0-3 1.8-5.5 5.3-6.8Z"
        fillOpacity=".75"
      />
      <path d="M4.7 12.3h14.6v2.4H4.7Z" fill={ground} />
      <path d="m5 14.7 2.3-2.4 2.4 2.4 2.3-2.4 2.3 2.4 2.4-2.4 2.3 2.4Z" />
    </>
  ),
  mindustry: (
    <>
      <path d="m12 2.2 8.5 4.9v9.8L12 21.8l-8.5-4.9V7.1Z" fillOpacity=".45" />
      <path d="m12 6.5 4.8 2.7v5.6L12 17.5l-4.8-2.7V9.2Z" fillOpacity=".95" />
      <path d="m12 9.7 2.3 2.3-2.3 2.3L9.7 12Z" fill={ground} />
    </>
  ),
  xonotic: (
    <>
      <path d="M13.8 1.8 4.5 13.5h5.7L8.8 22.2l10.7-12.5h-6Z" fillOpacity=".95" />
      <path d="m3 3.5 4.7 3.3-1.6 2Z" fillOpacity=".5" />
      <path d="m21 20.5-4.7-3.3 1.6-2Z" fillOpacity=".5" />
    </>
  ),
  barotrauma: (
    <>
      <path d="M2.5 14a5 5 0 0 1 5-5h8.2a6.3 5 0 0 1 0 10H7.5a5 5 0 0 1-5-5Z" fillOpacity=".85" />
      <path d="M9 5.5h5V9H9ZM12.3 2.5h1.5v3h-1.5Z" fillOpacity=".6" />
      <circle cx="8" cy="14" r="1.5" fill={ground} />
      <circle cx="12.3" cy="14" r="1.5" fill={ground} />
      <circle cx="16.6" cy="14" r="1.5" fill={ground} />
      <path d="M1 10h1.8v8H1Z" fillOpacity=".6" />
    </>
  ),
  'arma-reforger': (
    <>
      <path d="M4 13.5C4 8 7.5 4.5 12 4.5s8 3.5 8 9Z" fillOpacity=".9" />
      <path d="M2.5 13.5h19v2.3h-19Z" fillOpacity=".6" />
      <path
        d="M7 15.8h1.7c.2 2 1.3 3.2 3.3 3.2s3.1-1.2 3.3-3.2H17c-.2 3-2 4.9-5 4.9s-4.8-1.9-5-4.9Z"
        fillOpacity=".75"
      />
      <path d="m12 6.8 1 2 2.2.3-1.6 1.6.4 2.2-2-1.1-2 1.1.4-2.2-1.6-1.6 2.2-.3Z" fill={ground} />
    </>
  ),
};
