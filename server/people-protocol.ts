import { z } from 'zod';
import type { Need } from './authority.ts';
import type { Role } from './store/tables.ts';

/** The part of the contract that is about people: who one is, classes and who is in them. */

export const peopleRequests = {
  /** Who this browser is, and in which classes. */
  'me:who': z.strictObject({}),
} as const;

/** What one must be to ask it. */
export const peopleNeeds: Record<keyof typeof peopleRequests, Need> = {
  'me:who': 'self',
};

export interface PeopleAnswers {
  'me:who': Me;
}

/** A class as one of its people sees it. */
export interface Membership {
  class: string;
  name: string;
  role: Role;
  studentNo?: string;
  /** What the class calls this person. */
  calledAs?: string;
}

/** A person as they see themselves. */
export interface Me {
  /** The account of somebody who teaches. */
  account?: { login: string; name: string };
  classes: Membership[];
}
