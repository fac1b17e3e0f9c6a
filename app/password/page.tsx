import type { Metadata } from 'next';
import Link from 'next/link';
import { accountTroubles } from '../class/words.ts';
import styles from '../FormPage.module.css';
import { Field, FormPage } from '../FormPage.tsx';
import { sentenceOf } from '../form.ts';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: '修改密码' };

/** Where somebody who teaches changes their password. */
export default async function PasswordPage({ searchParams }: PageProps<'/password'>) {
  const { error, done } = await searchParams;
  return (
    <FormPage
      action="/password"
      title="修改密码"
      lead="改好以后，这个账号在别的浏览器里会退出登录。"
      wrong={sentenceOf({ ...accountTroubles, wrong: '现在的密码不对，密码没有改。' }, error)}
      submit="修改"
      foot={<Link href="/class">回到班级</Link>}
      beside={
        done !== undefined && (
          <p className={styles.note} role="status">
            密码已经改好，别的浏览器都已退出登录。
          </p>
        )
      }
    >
      <Field name="was" label="现在的密码" type="password" required maxLength={256} autoComplete="current-password" />
      <Field
        name="password"
        label="新密码"
        type="password"
        required
        minLength={10}
        maxLength={128}
        autoComplete="new-password"
        note="至少 10 个字，汉字也可以。长比复杂更要紧。"
      />
    </FormPage>
  );
}
