'use client';

import { useDesk } from '../../class/Desk.tsx';
import { useAnswer } from '../../class/useAnswer.ts';
import { ReportPage } from '../ReportPage.tsx';
import { ReportSheet } from '../ReportSheet.tsx';
import { Waiting } from '../Waiting.tsx';
import { report as words } from '../words.ts';

/** A learner's own report: what the teacher sees of the grade, without the replay. */
export function MyReport({ lab, title }: { lab: string; title: string }) {
  const { connection } = useDesk();
  const { data, refusal, ask } = useAnswer('report:mine', { lab });
  return (
    <ReportPage back={{ href: `/labs/${lab}`, text: title }} ready={data !== null}>
      {data ? (
        <ReportSheet report={data} title={words.mine} />
      ) : (
        <Waiting connection={connection} refusal={refusal} again={ask} />
      )}
    </ReportPage>
  );
}
