import type { Metadata } from 'next';
import Link from 'next/link';
import { accountTroubles } from '../class/words.ts';
import { Field, FormPage } from '../FormPage.tsx';
import { sentenceOf, typedBefore } from '../form.ts';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: '教师登录' };

/** Where those who teach sign in. */
export default async function SignInPage({ searchParams }: PageProps<'/sign-in'>) {
  const { error } = await searchParams;
  const typed = await typedBefore();
  return (
    <FormPage
      action="/sign-in"
      title="教师登录"
      lead="学员不用在这里登录：做实验不需要账号，加入班级用老师给的课堂码。"
      wrong={sentenceOf(accountTroubles, error)}
      submit="登录"
      foot={<Link href="/join">我是学员，加入班级</Link>}
    >
      <Field
        name="login"
        label="登录名"
        required
        maxLength={60}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={typed.login}
      />
      <Field name="password" label="密码" type="password" required maxLength={256} autoComplete="current-password" />
    </FormPage>
  );
}
