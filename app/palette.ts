import { type CSSVariablesResolver, createTheme, defaultVariantColorsResolver } from '@mantine/core';

/** System fonts, Latin first: a Chinese face's Latin letters are poor and would win if it came first. */
export const SANS =
  'system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif';
/** The same order for code: a CJK monospace last, so that Chinese in comments keeps its grid. */
export const MONO =
  'ui-monospace, "JetBrains Mono", "DejaVu Sans Mono", "Cascadia Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", "Microsoft YaHei UI", monospace';

/** Mantine in the colours and measures of this product; the colours themselves are variables in globals.css. */
export const theme = createTheme({
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: SANS, fontWeight: '700' },
  primaryColor: 'indigo',
  // indigo.8 is 5.7:1 on white; indigo.3 is 7.4:1 on the dark paper.
  primaryShade: { light: 8, dark: 3 },
  // Mantine's dark greys are neutral; these are the blue greys of globals.css, from text to ground.
  colors: {
    dark: [
      '#e6e9f0',
      '#c3cad8',
      '#a3adbf',
      '#7b879c',
      '#39414f',
      '#2a303d',
      '#222733',
      '#191d27',
      '#12151c',
      '#0d1016',
    ],
  },
  autoContrast: true,
  // autoContrast looks at the light theme's shade only; our accent has its own ink in each theme.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    if (input.color && input.color !== input.theme.primaryColor) return colors;
    if (input.variant === 'filled') {
      return { ...colors, background: 'var(--accent)', hover: 'var(--accent-hover)', color: 'var(--accent-ink)' };
    }
    if (input.variant === 'light') {
      return { ...colors, background: 'var(--accent-soft)', hover: 'var(--accent-soft)', color: 'var(--accent)' };
    }
    return colors;
  },
  defaultRadius: 8,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: {
      defaultProps: {
        centered: true,
        radius: 14,
        transitionProps: { duration: 120 },
        overlayProps: { opacity: 0.45 },
        closeButtonProps: { 'aria-label': '关闭' },
      },
    },
    Menu: {
      // The placeholder that would take the first focus is no child a menu may have.
      defaultProps: {
        transitionProps: { duration: 100 },
        shadow: 'md',
        radius: 10,
        withInitialFocusPlaceholder: false,
      },
    },
    Popover: { defaultProps: { transitionProps: { duration: 100 }, shadow: 'md', radius: 10 } },
    Tooltip: { defaultProps: { transitionProps: { duration: 100 }, openDelay: 350, withArrow: true } },
  },
});

/** Points Mantine's own variables at ours: its greys for dimmed text and placeholders fail AA. */
export const variables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--paper)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--soft)',
    '--mantine-color-placeholder': 'var(--soft)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-default': 'var(--paper)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-primary-color-contrast': 'var(--accent-ink)',
  };
  return { variables: {}, light: shared, dark: shared };
};
