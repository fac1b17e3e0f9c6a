'use client';

import { Select } from '@mantine/core';
import { useState } from 'react';
import { ReportPage } from '../../../../report/ReportPage.tsx';
import { ReportSheet } from '../../../../report/ReportSheet.tsx';
import { Waiting } from '../../../../report/Waiting.tsx';
import { report as words } from '../../../../report/words.ts';
import { useDesk } from '../../../Desk.tsx';
import { useAnswer } from '../../../useAnswer.ts';

interface Props {
  classId: string;
  learner: string;
  labs: { id: string; title: string }[];
  first: string;
}

/** A learner's report as those who teach see it: with the way to the recordings. */
export function LearnerReport({ classId, learner, labs, first }: Props) {
  const { connection } = useDesk();
  const [lab, setLab] = useState(first);
  const { data, refusal, ask } = useAnswer('report:read', { class: classId, lab, learner });
  const place = `/class/${classId}/learners/${learner}`;
  return (
    <ReportPage
      back={{ href: `/class/${classId}/grades?lab=${lab}`, text: words.back }}
      ready={data !== null}
      choice={
        labs.length > 1 && (
          <Select
            aria-label={words.choose}
            size="xs"
            w={260}
            data={labs.map(({ id, title }) => ({ value: id, label: title }))}
            value={lab}
            onChange={(id) => {
              if (!id) return;
              setLab(id);
              window.history.replaceState(null, '', `${place}?lab=${id}`);
            }}
            allowDeselect={false}
          />
        )
      }
    >
      {data ? (
        <ReportSheet report={data} title={words.title} replay={({ id }) => `${place}/replay/${id}?lab=${lab}`} />
      ) : (
        <Waiting connection={connection} refusal={refusal} again={ask} />
      )}
    </ReportPage>
  );
}
