import { IconBook2, IconCircleCheck, IconTerminal2 } from '@tabler/icons-react';
import Link from 'next/link';
import { Belonging } from './Belonging.tsx';
import { Brand } from './Brand.tsx';
import { LabCard } from './LabCard.tsx';
import { library, outline } from './library.ts';
import styles from './page.module.css';
import { SchemeButton } from './SchemeButton.tsx';
import { Weave } from './Weave.tsx';

export const dynamic = 'force-dynamic';

const ways = [
  { Icon: IconBook2, title: '左边读', text: '一步一步的中文教程：每条命令为什么要敲、敲完看什么。' },
  {
    Icon: IconTerminal2,
    title: '右边做',
    text: '两台真实的 Linux 节点，你是 root；命令点一下就能运行，也可以自己敲。弄坏了，重置就好。',
  },
  {
    Icon: IconCircleCheck,
    title: '内核来判',
    text: '每个检查点看的是内核的状态，不是你敲了什么。不对的时候，告诉你差在哪里。',
  },
];

/** The labs. */
export default function HomePage() {
  const labs = library().labs().map(outline);
  const first = labs[0];
  return (
    <div className={styles.page}>
      <a href="#labs" className="skip">
        跳到实验
      </a>
      <header className={styles.header}>
        <Brand />
        <span className={styles.grow} />
        <Link href="/resume">换浏览器继续</Link>
        <Belonging />
        <SchemeButton />
      </header>
      <main>
        <section className={styles.hero}>
          <div>
            <h1>
              把容器网络
              <br />
              亲手织一遍
            </h1>
            <p>织网是一间开在浏览器里的网络实验室：左边是教程，右边是两台真实的 Linux 节点，网通没通，内核说了算。</p>
            {first && (
              <a href="#labs" className={styles.start}>
                开始学
              </a>
            )}
          </div>
          <Weave />
        </section>
        <section id="labs" className={styles.labs} aria-labelledby="labs-title">
          <h2 id="labs-title">实验</h2>
          {labs.map((course) => (
            <LabCard key={course.id} course={course} />
          ))}
          {labs.length === 0 && (
            <p className={styles.none}>还没有可用的实验。内容放在 content/labs 里，日志会说明哪个文件哪一行有错。</p>
          )}
        </section>
        <section className={styles.ways} aria-label="怎么学">
          {ways.map(({ Icon, title, text }) => (
            <div key={title}>
              <Icon size={24} stroke={1.6} aria-hidden />
              <h3>{title}</h3>
              <p>{text}</p>
            </div>
          ))}
        </section>
      </main>
    </div>
  );
}
