import { notFound } from 'next/navigation';
import { library, outline } from '../../../library.ts';
import { CompletionBanner } from './CompletionBanner.tsx';
import { Messages } from './Messages.tsx';
import { Mistake } from './Mistake.tsx';
import { Prose } from './Prose.tsx';
import styles from './page.module.css';
import { RememberStep } from './RememberStep.tsx';
import { StartHere } from './StartHere.tsx';
import { StepNavigation } from './StepNavigation.tsx';

export const dynamic = 'force-dynamic';

type Props = PageProps<'/labs/[lab]/[step]'>;

/** The step's name in the tab, the lab's in the description. */
export async function generateMetadata({ params }: Props) {
  const { lab: labId, step: stepId } = await params;
  const lab = library().lab(labId);
  const step = library().step(labId, stepId);
  if (!lab || !step) return { title: '没有这一步' };
  const { title, summary } = outline(lab);
  return { title: `${step.head.title} · ${title}`, description: summary };
}

/** One step of a lab: its text, and the way on. */
export default async function StepPage({ params }: Props) {
  const { lab: labId, step: stepId } = await params;
  const lab = library().lab(labId);
  const step = library().step(labId, stepId);
  if (!lab || !step) notFound();
  const course = outline(lab);
  const last = course.steps.at(-1)?.id === step.id;
  return (
    <main key={step.id} id="text" className={styles.scroller} data-prose tabIndex={-1}>
      <RememberStep lab={course.id} step={step.id} />
      <article className={styles.column}>
        <Mistake />
        <header>
          <p className={styles.kicker}>
            <span>
              第 {step.number} 步，共 {course.steps.length} 步
            </span>
            <StartHere course={course} step={step.id} />
          </p>
          <h1 className={styles.title}>{step.head.title}</h1>
        </header>
        <Messages course={course} step={step.id} />
        <Prose step={step} course={course} />
        {last && <CompletionBanner course={course} />}
        <StepNavigation course={course} step={step.id} />
      </article>
    </main>
  );
}
