'use client';

import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { theme, variables } from './palette.ts';

/** Mantine's provider on the client's side of the line: its theme holds functions, which do not cross it. */
export function Theme({ nonce, children }: { nonce?: string | undefined; children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      {...(nonce === undefined ? {} : { getStyleNonce: () => nonce })}
    >
      {children}
    </MantineProvider>
  );
}
