import type { ITheme } from '@xterm/xterm';

/** The sixteen colours of terminals, readable on our backgrounds. */
const light: ITheme = {
  background: '#fbfcfd',
  foreground: '#1b212a',
  selectionBackground: '#cfdcfb',
  black: '#1b212a',
  red: '#ab241a',
  green: '#10703a',
  yellow: '#875000',
  blue: '#2450c4',
  magenta: '#8a2f9e',
  cyan: '#0b6a80',
  white: '#56606e',
  brightBlack: '#667080',
  brightRed: '#c5382d',
  brightGreen: '#177f45',
  brightYellow: '#946000',
  brightBlue: '#2f5fde',
  brightMagenta: '#9d44b3',
  brightCyan: '#107a92',
  brightWhite: '#2d343f',
};

const dark: ITheme = {
  background: '#0b0e13',
  foreground: '#dde2e9',
  selectionBackground: '#28407c',
  black: '#667081',
  red: '#ff867b',
  green: '#5fd595',
  yellow: '#f0bb62',
  blue: '#8fadff',
  magenta: '#d7a0f0',
  cyan: '#6fd0e6',
  white: '#c8ced7',
  brightBlack: '#8a94a3',
  brightRed: '#ffa39b',
  brightGreen: '#86e3b0',
  brightYellow: '#f7cf8b',
  brightBlue: '#b0c5ff',
  brightMagenta: '#e6c0f7',
  brightCyan: '#9ee2f1',
  brightWhite: '#f5f7fa',
};

const scrollbar = (rgb: string) => ({
  scrollbarSliderBackground: `rgba(${rgb}, 0.25)`,
  scrollbarSliderHoverBackground: `rgba(${rgb}, 0.4)`,
  scrollbarSliderActiveBackground: `rgba(${rgb}, 0.5)`,
});

export function terminalTheme(isDark: boolean): ITheme {
  const theme = isDark ? dark : light;
  return {
    ...theme,
    ...scrollbar(isDark ? '160, 170, 185' : '90, 100, 115'),
    overviewRulerBorder: theme.background,
    cursor: theme.background,
    cursorAccent: theme.background,
  };
}

/** Matches of a search; the add-on takes hex only. */
export function matchColours(isDark: boolean) {
  return isDark
    ? {
        matchBackground: '#4a3a10',
        activeMatchBackground: '#a06a00',
        matchOverviewRuler: '#a06a00',
        activeMatchColorOverviewRuler: '#f0bb62',
      }
    : {
        matchBackground: '#fde9bd',
        activeMatchBackground: '#f5c04a',
        matchOverviewRuler: '#d48806',
        activeMatchColorOverviewRuler: '#875000',
      };
}
