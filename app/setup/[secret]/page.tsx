import type { Metadata } from 'next';
import { DeskProvider } from '../../class/Desk.tsx';
import { accountTroubles } from '../../class/words.ts';
import { Field, FormPage } from '../../FormPage.tsx';
import { sentenceOf, typedBefore } from '../../form.ts';
import { Granted } from './Granted.tsx';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: '建立教师账号', robots: { index: false } };

/** Where a one-time link is taken up, with a new account or with the one this browser is signed in with. */
export default async function SetupPage({ params, searchParams }: PageProps<'/setup/[secret]'>) {
  const { secret } = await params;
  const { error } = await searchParams;
  const typed = await typedBefore();
  const action = `/setup/${encodeURIComponent(secret)}`;
  return (
    <FormPage
      action={action}
      title="建立教师账号"
      lead="只要姓名和登录名，不收集别的。以后用登录名和密码登录。"
      wrong={sentenceOf(accountTroubles, error)}
      submit="建立账号"
      beside={
        <DeskProvider>
          <Granted secret={secret} action={action} />
        </DeskProvider>
      }
    >
      <Field name="name" label="姓名" required maxLength={60} autoComplete="name" defaultValue={typed.name} />
      <Field
        name="login"
        label="登录名"
        required
        maxLength={40}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={typed.login}
        note="3 到 40 个小写字母、数字或 . _ - @，例如 wang.li"
      />
      <Field
        name="password"
        label="密码"
        type="password"
        required
        minLength={10}
        maxLength={128}
        autoComplete="new-password"
        note="至少 10 个字，汉字也可以。长比复杂更要紧，几个不相干的词连起来就很好。"
      />
    </FormPage>
  );
}
