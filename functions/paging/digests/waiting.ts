import type { Subject } from '../subject.ts';
import { CONTACT_PREFIX } from '../table.ts';

/** A page that waits for a digest. */
export interface Waiting {
  readonly subject: Subject;
  readonly key: string;
}

/** The partition of a contact. */
export const contactPart = (contactId: string): string => CONTACT_PREFIX + contactId;

/** The item that says that a page waits. */
export const waitItem = ({ subject, key }: Waiting): string => `WAIT#${subject.id}#${key}`;
