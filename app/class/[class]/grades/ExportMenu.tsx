'use client';

import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { grades as words } from './words.ts';

const PEOPLE = ['grades.xlsx', 'grades.csv'] as const;
const PROGRAMS = ['grades.json', 'grades.xml', 'nbgrader.csv', 'moodle.csv'] as const;

/** The ways out: each is a plain link, and what it brings is made anew when it is followed. */
export function ExportMenu({ classId, lab, disabled }: { classId: string; lab: string | null; disabled: boolean }) {
  const item = (file: (typeof PEOPLE)[number] | (typeof PROGRAMS)[number]) => (
    <Menu.Item
      key={file}
      component="a"
      href={`/exports/${classId}/${file}${lab ? `?lab=${encodeURIComponent(lab)}` : ''}`}
      download
    >
      {words.formats[file]}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <Button
          disabled={disabled}
          leftSection={<IconDownload size={16} stroke={1.8} />}
          rightSection={<IconChevronDown size={15} stroke={2} />}
        >
          {words.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{words.formats.people}</Menu.Label>
        {PEOPLE.map(item)}
        <Menu.Label>{words.formats.programs}</Menu.Label>
        {PROGRAMS.map(item)}
        <Menu.Divider />
        <Menu.Label>{words.exported}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
