'use client';

import { Message } from './Message.tsx';

/** A page that could not be drawn. */
export default function Failure({ reset }: { error: Error & { digest?: string }; reset(): void }) {
  return (
    <Message
      title="这个页面出错了"
      action={
        <button type="button" onClick={reset}>
          再试一次
        </button>
      }
    >
      <p>节点、终端和已经通过的检查点都不受影响。再试一次；如果还是这样，请告诉老师。</p>
    </Message>
  );
}
