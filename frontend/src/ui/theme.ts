import { type CSSVariablesResolver, createTheme } from '@mantine/core';

const system =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif';

/** The look of the app; the contrast rules behind the numbers are in ux terms 4.5 : 1 for text. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  // Cool greys, from text (0) over borders (4) and fields (6) to the page (7).
  colors: {
    dark: [
      '#e4e7eb',
      '#c3c9d0',
      '#b0b6bd',
      '#7d858e',
      '#454b54',
      '#2b3037',
      '#1d2025',
      '#16181c',
      '#121417',
      '#0d0f11',
    ],
  },
  fontFamily: system,
  headings: { fontFamily: system, fontWeight: '650' },
  // The sizes depend on who reads (see tokens.css).
  fontSizes: {
    xs: 'var(--fd-text-xs)',
    sm: 'var(--fd-text-sm)',
    md: 'var(--fd-text-md)',
    lg: 'var(--fd-text-lg)',
  },
  defaultRadius: 6,
  radius: { sm: '4px', md: '6px', lg: '8px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Mantine tints its own colours, which miss 4.5 : 1; these hold, in high contrast too.
    Alert: {
      vars: (_: unknown, { color }: { color?: string }) => {
        const tone = { orange: 'orange', red: 'red', yellow: 'amber', green: 'green' }[color ?? ''];
        return tone
          ? { root: { '--alert-color': `var(--fd-${tone})`, '--alert-bg': `var(--fd-${tone}-bg)` } }
          : {};
      },
    },
  },
});

/** Quiet red: Mantine's is all but white in the dark, and misses 4.5 : 1 under the mouse in the light. */
const red = {
  '--mantine-color-red-text': 'var(--fd-red)',
  '--mantine-color-red-outline': 'var(--fd-red)',
  '--mantine-color-red-light-color': 'var(--fd-red)',
  '--mantine-color-red-light': 'var(--fd-red-bg)',
  '--mantine-color-red-light-hover': 'var(--fd-red-bg)',
};

/** Mantine's own dimmed, error and placeholder colours miss 4.5 : 1; these do not. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...red,
    '--mantine-color-dimmed': '#565e67',
    '--mantine-color-placeholder': '#646c75',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-anchor': '#364fc7',
    '--mantine-color-text': '#1b1e22',
    '--mantine-color-default-border': '#c3c9d0',
  },
  dark: {
    ...red,
    '--mantine-color-dimmed': '#b0b6bd',
    '--mantine-color-placeholder': '#9aa1a9',
    '--mantine-color-error': '#ff9c9c',
    '--mantine-color-anchor': '#a5b8ff',
    '--mantine-color-text': '#e4e7eb',
  },
});
