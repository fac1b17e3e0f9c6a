import type { Metadata } from 'next';
import { Message } from './Message.tsx';

export const metadata: Metadata = { title: '没有这个页面' };

/** An address that leads nowhere. */
export default function NotFound() {
  return (
    <Message title="没有这个页面">
      <p>地址里的实验或步骤不存在，可能已经改名。你的结果都在，从全部实验里重新进入就好。</p>
    </Message>
  );
}
