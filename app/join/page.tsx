import type { Metadata } from 'next';
import Link from 'next/link';
import { DeskProvider } from '../class/Desk.tsx';
import { joinTroubles } from '../class/words.ts';
import { Field, FormPage } from '../FormPage.tsx';
import { sentenceOf, typedBefore } from '../form.ts';
import { WhoNow } from '../WhoNow.tsx';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: '加入班级' };

/** Where a learner comes into a class. */
export default async function JoinPage({ searchParams }: PageProps<'/join'>) {
  const { error, code } = await searchParams;
  const typed = await typedBefore();
  return (
    <FormPage
      action="/join"
      title="加入班级"
      lead="填老师给的课堂码。这个浏览器里已经做过的实验和结果都会带进班级。"
      wrong={sentenceOf(joinTroubles, error)}
      submit="加入"
      beside={
        <DeskProvider>
          <WhoNow />
        </DeskProvider>
      }
      foot={<Link href="/resume">换了浏览器？用代码继续</Link>}
    >
      <Field
        name="code"
        label="课堂码"
        required
        maxLength={20}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        placeholder="7K3-M9Q"
        data-code
        defaultValue={typed.code ?? (typeof code === 'string' ? code : undefined)}
      />
      <Field
        name="studentNo"
        label="学号"
        required
        maxLength={60}
        autoComplete="off"
        spellCheck={false}
        defaultValue={typed.studentNo}
      />
      <Field name="name" label="姓名" maxLength={60} autoComplete="name" defaultValue={typed.name} />
      <Field
        name="password"
        label="密码（老师发过才填）"
        type="password"
        maxLength={128}
        autoComplete="current-password"
        note="填了密码就按学号和密码登录，换一台电脑也能接着做，可以不填姓名。"
      />
    </FormPage>
  );
}
