'use client';

import './globals.css';
import { Message } from './Message.tsx';

/** When even the frame around the pages failed: a document of its own. */
export default function GlobalFailure({ reset }: { error: Error & { digest?: string }; reset(): void }) {
  return (
    <html lang="zh-CN">
      <body>
        <title>织网出错了</title>
        <Message
          title="织网出错了"
          action={
            <button type="button" onClick={reset}>
              再试一次
            </button>
          }
        >
          <p>节点、终端和已经通过的检查点都不受影响。再试一次，或者刷新页面；如果还是这样，请告诉老师。</p>
        </Message>
      </body>
    </html>
  );
}
