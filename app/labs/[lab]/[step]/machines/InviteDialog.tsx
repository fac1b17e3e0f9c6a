'use client';

import { Button, Loader, Modal } from '@mantine/core';
import { useState } from 'react';
import type { RefusalCode } from '../../../../../server/protocol.ts';
import { useLab } from '../../../../live/LabProvider.tsx';
import { machines } from '../../../../live/words.ts';
import { refusals } from '../../../../words.ts';
import { clockTime } from '../../progress.ts';
import { CopyButton } from '../CopyButton.tsx';
import styles from './dialog.module.css';
import { inviteWords as words } from './words.ts';

/** What is known of the invitation; one made before this page was loaded cannot be shown again, only replaced. */
type Invitation =
  | { state: 'unknown' | 'asking' | 'ended' }
  | { state: 'made'; link: string; expiresAt: number }
  | { state: 'refused'; code: RefusalCode };

/** Lets others watch this learner's terminals, and ends it. */
export function InviteDialog() {
  const { inviting, setInviting, invite, uninvite, state } = useLab();
  const [invitation, setInvitation] = useState<Invitation>({ state: 'unknown' });
  const watchers = state?.watchers ?? 0;
  const asking = invitation.state === 'asking';

  const make = async () => {
    setInvitation({ state: 'asking' });
    const answer = await invite();
    setInvitation(
      answer.ok
        ? { state: 'made', link: `${location.origin}/watch/${answer.data.code}`, expiresAt: answer.data.expiresAt }
        : { state: 'refused', code: answer.code },
    );
  };
  const end = async () => {
    setInvitation({ state: 'asking' });
    const answer = await uninvite();
    setInvitation(answer.ok ? { state: 'ended' } : { state: 'refused', code: answer.code });
  };

  return (
    <Modal
      classNames={{ title: styles.title }}
      opened={inviting}
      onClose={() => setInviting(false)}
      title={words.title}
      size="lg"
    >
      <p className={styles.text}>{words.text}</p>
      <div className={styles.given} role="status">
        {invitation.state === 'unknown' ? words.replace : null}
        {asking ? <Loader size="sm" aria-label={words.making} /> : null}
        {invitation.state === 'ended' ? words.ended : null}
        {invitation.state === 'refused' ? refusals[invitation.code] : null}
        {invitation.state === 'made' ? (
          <dl>
            <dt>{words.link}</dt>
            <dd>
              <code>{invitation.link}</code>
              <CopyButton text={invitation.link} />
            </dd>
          </dl>
        ) : null}
      </div>
      <div className={styles.foot}>
        <span>
          {invitation.state === 'made' ? words.until(clockTime(invitation.expiresAt)) : null}{' '}
          {watchers > 0 ? machines.watchers(watchers) : words.nobody}
        </span>
        <Button size="xs" variant="default" disabled={asking || invitation.state === 'ended'} onClick={end}>
          {words.end}
        </Button>
        <Button
          size="xs"
          variant={invitation.state === 'made' ? 'default' : 'filled'}
          disabled={asking}
          onClick={make}
          data-autofocus
        >
          {invitation.state === 'made' ? words.again : words.make}
        </Button>
      </div>
    </Modal>
  );
}
