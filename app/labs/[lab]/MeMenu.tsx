'use client';

import { ActionIcon, Menu } from '@mantine/core';
import {
  IconDevices,
  IconEye,
  IconHome,
  IconKeyboard,
  IconReportAnalytics,
  IconRotate,
  IconUser,
} from '@tabler/icons-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useLab } from '../../live/LabProvider.tsx';
import { ThemeSwitch } from '../../ThemeSwitch.tsx';
import { useReset } from './[step]/machines/ResetDialog.tsx';
import { inviteWords } from './[step]/machines/words.ts';
import { Belonging } from './Belonging.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { TransferDialog } from './TransferDialog.tsx';

/** What concerns the learner rather than the lab: theme, another browser, shortcuts. */
export function MeMenu() {
  const [dialog, setDialog] = useState<'transfer' | 'shortcuts' | null>(null);
  const reset = useReset();
  const { state, setInviting } = useLab();

  useEffect(() => {
    const ask = (event: KeyboardEvent) => {
      if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey) return;
      // In a field or a terminal the question mark is just a question mark.
      const target = event.target;
      if (target instanceof HTMLElement && target.closest('input, textarea, [contenteditable]')) return;
      event.preventDefault();
      setDialog('shortcuts');
    };
    window.addEventListener('keydown', ask);
    return () => window.removeEventListener('keydown', ask);
  }, []);

  return (
    <>
      <Menu position="bottom-end" width={232}>
        <Menu.Target>
          <ActionIcon
            variant="light"
            radius="xl"
            size={32}
            aria-label="我的菜单"
            data-needs-script
            style={{ flex: 'none' }}
          >
            <IconUser size={17} stroke={1.8} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <ThemeSwitch />
          <Menu.Divider />
          <Belonging />
          <Menu.Item leftSection={<IconDevices size={16} stroke={1.7} />} onClick={() => setDialog('transfer')}>
            换浏览器继续…
          </Menu.Item>
          <Menu.Item leftSection={<IconEye size={16} stroke={1.7} />} onClick={() => setInviting(true)}>
            {inviteWords.menu}
          </Menu.Item>
          <Menu.Item leftSection={<IconRotate size={16} stroke={1.7} />} onClick={() => reset()} hiddenFrom="xs">
            重置节点…
          </Menu.Item>
          <Menu.Item
            leftSection={<IconKeyboard size={16} stroke={1.7} />}
            rightSection={<kbd>?</kbd>}
            onClick={() => setDialog('shortcuts')}
          >
            快捷键
          </Menu.Item>
          <Menu.Divider />
          {state && (
            <Menu.Item
              leftSection={<IconReportAnalytics size={16} stroke={1.7} />}
              component={Link}
              href={`/report/${state.lab}`}
            >
              我的实验报告
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconHome size={16} stroke={1.7} />} component={Link} href="/">
            全部实验
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <TransferDialog opened={dialog === 'transfer'} close={() => setDialog(null)} />
      <Shortcuts opened={dialog === 'shortcuts'} close={() => setDialog(null)} />
    </>
  );
}
