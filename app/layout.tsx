import './mantine.css';
import './globals.css';
import { ColorSchemeScript, mantineHtmlProps } from '@mantine/core';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { Theme } from './Theme.tsx';

export const dynamic = 'force-dynamic';

export const metadata: Metadata = {
  title: { default: '织网 · 在两台真实的 Linux 节点上学容器网络', template: '%s · 织网' },
  description: '左边读中文教程，右边以 root 身份操作两台真实的 Linux 节点，内核的状态决定每个检查点是否通过。',
  applicationName: '织网',
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#191d27' },
  ],
};

/** The document every page stands in: language, theme, colours. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  // Set by the server beside the policy; absent where no policy is sent.
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <html lang="zh-CN" {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" nonce={nonce} />
      </head>
      <body>
        <Theme nonce={nonce}>{children}</Theme>
      </body>
    </html>
  );
}
