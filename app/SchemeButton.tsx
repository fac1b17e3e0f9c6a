'use client';

import { ActionIcon, Menu } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { ThemeSwitch } from './ThemeSwitch.tsx';

/** The theme's choice behind one icon. */
export function SchemeButton() {
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label="外观" data-needs-script>
          <IconSun size={19} stroke={1.7} className="light-only" />
          <IconMoon size={19} stroke={1.7} className="dark-only" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <ThemeSwitch />
      </Menu.Dropdown>
    </Menu>
  );
}
