'use client';

import { IconKeyboard } from '@tabler/icons-react';
import { guideWords as words } from '../../../../live/guide-words.ts';
import { useLab } from '../../../../live/LabProvider.tsx';
import { teacher } from '../../../../words.ts';
import styles from './HelpNote.module.css';
import shared from './shared.module.css';

/** Who asks whether they may type in one's terminals, and who may: above the terminals, so that it covers no line of them. */
export function HelpNote() {
  const { state, answerHelp } = useLab();
  const { asking = [], typing = [] } = state?.guide ?? {};
  return (
    <div role="status" className={styles.place} data-help={asking.length + typing.length > 0 || undefined}>
      {typing.map((each) => (
        <p key={each.person} className={styles.note} data-typing>
          <IconKeyboard size={17} stroke={1.8} aria-hidden />
          <span>{words.types(teacher(each))}</span>
          <button type="button" className={shared.act} onClick={() => void answerHelp(each.person, false)}>
            {words.takeBack}
          </button>
        </p>
      ))}
      {asking.map((each) => (
        <p key={each.person} className={styles.note}>
          <IconKeyboard size={17} stroke={1.8} aria-hidden />
          <span>
            <b>{words.asks(teacher(each))}</b>
            {words.asksHint}
          </span>
          <button type="button" className={styles.allow} onClick={() => void answerHelp(each.person, true)}>
            {words.allow}
          </button>
          <button type="button" className={shared.act} onClick={() => void answerHelp(each.person, false)}>
            {words.refuse}
          </button>
        </p>
      ))}
    </div>
  );
}
