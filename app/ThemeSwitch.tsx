'use client';

import { SegmentedControl, useMantineColorScheme } from '@mantine/core';

const choices = [
  { value: 'auto', label: '跟随系统' },
  { value: 'light', label: '浅色' },
  { value: 'dark', label: '深色' },
] as const;

/** Light, dark, or as the system says. Only for places that are drawn after a click: the server does not know the choice. */
export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      aria-label="外观"
      fullWidth
      size="xs"
      mx={8}
      mb={6}
      data={[...choices]}
      value={colorScheme}
      onChange={setColorScheme}
      transitionDuration={120}
      styles={{ root: { background: 'var(--code)' }, label: { color: 'var(--ink)' } }}
    />
  );
}
