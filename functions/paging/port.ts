import { dynamoClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import type { StoredContact } from '../../shared/contacts/contact.ts';
import * as contactStore from '../../shared/contacts/store.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { capability } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { escalateTo } from './escalations/escalate-to.ts';
import { pagingConcern, type ConcernDeps } from './escalations/concern.ts';
import { escalateAlert, type EscalateDeps } from './escalations/escalate-alert.ts';
import * as escalationStore from './escalations/store.ts';
import { escalated, escalation } from './escalations/store.ts';
import { PAGING_GRANTS } from './grants.ts';
import { askByName, askResponder, type AskDeps } from './pages/ask-responder.ts';
import { readLedger } from './pages/read-ledger.ts';
import * as pageStore from './pages/store.ts';
import { pages } from './pages/store.ts';
import * as ruleStore from './rules/store.ts';
import type { Table } from '../../shared/aws/dynamo.ts';

export type { Escalation } from './escalations/escalation.ts';
export type { Ledger } from './pages/read-ledger.ts';

/** What other contexts may ask of paging: which alerts it follows, what the ledger has of an alert, and to page one more person. */

/** Finds which transitions of a batch concern paging. The caller brings the policies and the routing of the batch. */
export const pagingConcernReader = /* @__PURE__ */ capability(PAGING_GRANTS.concern, () => {
  const escalations = bound({ escalated }, table(dynamoClient(), readEnv(['PAGING_TABLE']).PAGING_TABLE));
  return (deps: Omit<ConcernDeps, 'escalations'>, batch: Parameters<typeof pagingConcern>[1]) =>
    pagingConcern({ ...deps, escalations }, batch);
});

/** Reads what the ledger has of an alert. */
export const ledgerReader = /* @__PURE__ */ capability(PAGING_GRANTS.ledger, () =>
  ledgerReaderOver(table(dynamoClient(), readEnv(['PAGING_TABLE']).PAGING_TABLE)),
);

export type LedgerReader = ReturnType<typeof ledgerReaderOver>;

/** The same over a table. */
export const ledgerReaderOver = (paging: Table) =>
  bound({ readLedger }, { escalations: bound({ escalation, pages }, paging) }).readLedger;

const pagingOf = () => {
  const env = readEnv(['PAGING_TABLE', 'ALERT_RETENTION_DAYS']);
  return { ...table(dynamoClient(), env.PAGING_TABLE), retentionDays: Number(env.ALERT_RETENTION_DAYS) };
};

/** Reads how far the paging of an alert is; undefined where it has not begun. */
export const escalationReader = /* @__PURE__ */ capability(
  PAGING_GRANTS.escalations,
  () => bound({ escalation }, pagingOf()).escalation,
);

/** What the caller brings: who people are, and who acts on alerts. */
type Asking = Pick<AskDeps, 'people' | 'acts'>;

/**
 * Pages one more person for an alert or has its next step reached, in somebody's name, and lists the contacts of a person without their
 * addresses.
 */
export const pagingDesk = /* @__PURE__ */ capability(PAGING_GRANTS.ask, () => {
  const paging = pagingOf();
  const own = {
    clock: systemClock,
    escalations: bound({ ...escalationStore, ...pageStore }, paging),
    contacts: bound(contactStore, paging),
    rules: bound(ruleStore, paging),
  };
  return pagingDeskOn(own);
});

export const pagingDeskOn = (
  own: Omit<AskDeps & EscalateDeps, 'people' | 'acts'> & { readonly contacts: Contacts },
) => ({
  ask: (asking: Asking, ...rest: Rest<typeof askResponder>) => askResponder({ ...own, ...asking }, ...rest),
  escalate: (asking: Asking, ...rest: Rest<typeof escalateAlert>) => escalateAlert({ ...own, ...asking }, ...rest),
  contactsOf: async (userId: string): Promise<readonly ContactReference[]> =>
    (await own.contacts.of(userId)).map(({ id, channel, verified }) => ({ id, channel, verified })),
});

type Rest<Verb extends (...all: never[]) => unknown> =
  Parameters<Verb> extends [unknown, ...infer Others] ? Others : never;
type Contacts = Pick<contactStore.ContactStore, 'of'>;

/** A contact without its address. */
export type ContactReference = Pick<StoredContact, 'id' | 'channel' | 'verified'>;

/** Has people paged for an alert, over these stores. */
export const pagerOver = (deps: AskDeps) => bound({ ask: askByName, escalateTo }, deps);
export type AlertPager = ReturnType<typeof pagerOver>;

/** The same from the environment of a function. The caller brings who people are, and what it may do to alerts. */
export const alertPager = /* @__PURE__ */ capability(PAGING_GRANTS.ask, () => {
  const paging = pagingOf();
  return (by: Asking): AlertPager =>
    pagerOver({
      clock: systemClock,
      contacts: bound(contactStore, paging),
      rules: bound(ruleStore, paging),
      escalations: bound({ ...escalationStore, ...pageStore }, paging),
      ...by,
    });
});
