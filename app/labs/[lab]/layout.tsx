import { cookies, headers } from 'next/headers';
import { notFound } from 'next/navigation';
import { earlyScript } from '../../early-script.ts';
import { library, outline } from '../../library.ts';
import { LabProvider } from '../../live/LabProvider.tsx';
import { Machines } from './[step]/machines/Machines.tsx';
import { MACHINES_COOKIE, readPreferences } from './[step]/machines/preferences.ts';
import { SPLIT_COOKIE, STEPS_COOKIE } from './preferences.ts';
import { Workspace } from './Workspace.tsx';

export const dynamic = 'force-dynamic';

/** The name of a page under an address that leads to no lab; a step brings its own, for which the template must stay. */
export async function generateMetadata({ params }: { params: Promise<{ lab: string }> }) {
  const { lab: id } = await params;
  return library().lab(id) ? {} : { title: '没有这个实验' };
}

/** The frame that stays while the learner walks through the steps: steps, text, machines. */
export default async function LabLayout({ params, children }: LayoutProps<'/labs/[lab]'>) {
  const { lab: id } = await params;
  const lab = library().lab(id);
  if (!lab) notFound();
  const course = outline(lab);
  const jar = await cookies();
  const split = Number(jar.get(SPLIT_COOKIE)?.value);
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  const early = earlyScript();
  return (
    <LabProvider lab={course.id}>
      <Workspace
        course={course}
        split={split >= 20 && split <= 80 ? split : undefined}
        stepsShown={jar.get(STEPS_COOKIE)?.value !== 'hidden'}
        machines={
          <>
            <Machines
              lab={{ id: course.id, title: course.title }}
              nodes={course.nodes}
              steps={course.steps}
              liked={readPreferences(jar.get(MACHINES_COOKIE)?.value)}
            />
            {/* Runs where the page is read from the server, as soon as the panes above are there; never where React makes it. */}
            {early ? <script src={early} nonce={nonce} fetchPriority="high" /> : null}
          </>
        }
      >
        {children}
      </Workspace>
    </LabProvider>
  );
}
