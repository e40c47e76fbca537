import type { Condition, Item, TransactWrite } from '../../../shared/aws/dynamo.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { ABSENT, alertPart, LINK } from './items.ts';
import type { StoredLink } from './link.ts';

/** A link, and how it was read. */
export interface LinkWrite {
  readonly before: StoredLink | undefined;
  readonly after: StoredLink;
  /** The audit event, where a person linked or unlinked the alert. */
  readonly event?: AuditEvent;
}

export const linkItem = ({ after, event }: LinkWrite): Item => ({
  ...after,
  event,
  part: alertPart(after.alertId),
  item: LINK,
  linkedTo: after.incidentId ?? undefined,
});

/** The link is as it was read. */
export const isUnchanged = ({ before }: LinkWrite): Condition =>
  before
    ? {
        expression: '#incidentId = :incidentId AND #sequence = :sequence',
        values: { incidentId: before.incidentId, sequence: before.sequence },
      }
    : ABSENT;

/** Part of a transaction: a link where it is as it was read. */
export const linkWrite = (write: LinkWrite): TransactWrite => ({ put: linkItem(write), when: isUnchanged(write) });
