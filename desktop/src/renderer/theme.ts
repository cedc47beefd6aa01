import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';
import { strings } from './components/strings.ts';

/** Neutral with a cool tint, light to dark. */
const gray: MantineColorsTuple = [
  '#f6f7f9',
  '#eef0f4',
  '#e2e6ec',
  '#d2d8e0',
  '#b2bac6',
  '#858f9e',
  '#616b7a',
  '#48515e',
  '#2d343f',
  '#161b23',
];
const dark: MantineColorsTuple = [
  '#e7eaef',
  '#c8ced7',
  '#a2abb9',
  '#7d8796',
  '#667081',
  '#3b434f',
  '#262d37',
  '#171c23',
  '#0f1318',
  '#0a0d11',
];
const accent: MantineColorsTuple = [
  '#eef3ff',
  '#dbe5ff',
  '#b9ccff',
  '#93afff',
  '#6d90fb',
  '#4a74ef',
  '#2f5fde',
  '#264eba',
  '#20419a',
  '#1b357a',
];
const red: MantineColorsTuple = [
  '#fff0ef',
  '#ffdedb',
  '#ffbcb6',
  '#ff9389',
  '#f86c60',
  '#e54a3d',
  '#cb3025',
  '#ab241a',
  '#8c1e16',
  '#701a14',
];

export const fontFamily =
  "Inter, -apple-system, BlinkMacSystemFont, 'Segoe UI Variable Text', 'Segoe UI', Roboto, 'Noto Sans', Ubuntu, Cantarell, 'Helvetica Neue', Arial, sans-serif";
export const monospaceFamily =
  "ui-monospace, SFMono-Regular, 'SF Mono', 'Cascadia Mono', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";

export const theme = createTheme({
  colors: { gray, dark, accent, red },
  primaryColor: 'accent',
  primaryShade: 6,
  white: '#ffffff',
  black: '#12161c',
  fontFamily,
  fontFamilyMonospace: monospaceFamily,
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.5', xl: '1.5' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '8px', xl: '999px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.4' },
      h2: { fontSize: '1rem', lineHeight: '1.5' },
      h3: { fontSize: '0.875rem', lineHeight: '1.45' },
    },
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    // Hints are below, so that fields beside each other stand in one line whether they have one or not.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'error', 'description'] } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm', thousandSeparator: ' ' } },
    Textarea: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm', withThumbIndicator: false } },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 100 } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, transitionProps: { duration: 80 } } },
    Menu: {
      defaultProps: { shadow: 'md', transitionProps: { duration: 80 }, withInitialFocusPlaceholder: false },
    },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'md',
        shadow: 'md',
        closeButtonProps: { 'aria-label': strings.close },
        overlayProps: { backgroundOpacity: 0.45 },
        transitionProps: { duration: 100, transition: 'fade' },
      },
    },
    Skeleton: { defaultProps: { radius: 'sm' } },
  },
});

/** Hands Mantine the tokens of styles/tokens.css, so that both speak of the same colours. */
export const cssVariables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--surface-page)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-bright': 'var(--text-strong)',
    '--mantine-color-dimmed': 'var(--text-dim)',
    '--mantine-color-placeholder': 'var(--text-placeholder)',
    '--mantine-color-anchor': 'var(--accent-text)',
    '--mantine-color-error': 'var(--state-red-text)',
    '--mantine-color-default': 'var(--surface-raised)',
    '--mantine-color-default-hover': 'var(--surface-hover)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--border-strong)',
    '--mantine-color-disabled': 'var(--surface-sunken)',
    '--mantine-color-disabled-color': 'var(--text-dim)',
    '--mantine-color-disabled-border': 'var(--border)',
    '--mantine-color-gray-light-color': 'var(--text)',
    '--mantine-color-gray-light-hover': 'var(--surface-hover)',
  };
  return { variables: {}, light: both, dark: both };
};
