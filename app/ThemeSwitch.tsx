'use client';

import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';

const choices = [
  { value: 'auto', label: '跟随系统', Icon: IconDeviceDesktop },
  { value: 'light', label: '浅色', Icon: IconSun },
  { value: 'dark', label: '深色', Icon: IconMoon },
] as const;

/** Light, dark, or as the system says; part of a menu, which is drawn after a click: the server does not know the choice. */
export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu.RadioGroup
      value={colorScheme}
      onChange={(value) => {
        const choice = choices.find((one) => one.value === value);
        if (choice) setColorScheme(choice.value);
      }}
    >
      <Menu.Label>外观</Menu.Label>
      {choices.map(({ value, label, Icon }) => (
        <Menu.RadioItem key={value} value={value} closeMenuOnClick={false}>
          <span style={{ display: 'inline-flex', alignItems: 'center', gap: 10 }}>
            <Icon size={16} stroke={1.7} aria-hidden />
            {label}
          </span>
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}
