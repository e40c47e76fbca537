import { dynamoClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { capability } from '../../shared/kernel/capability.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { pagingConcern, type ConcernDeps } from './escalations/concern.ts';
import { escalated, escalation } from './escalations/store.ts';
import { PAGING_GRANTS } from './grants.ts';
import { readLedger } from './pages/read-ledger.ts';
import { pages } from './pages/store.ts';
import type { Table } from '../../shared/aws/dynamo.ts';

export type { Ledger } from './pages/read-ledger.ts';

/** What other contexts may ask of paging: which alerts it follows, and what the ledger has of an alert. */

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

/** The same over a table. */
export const ledgerReaderOver = (paging: Table) =>
  bound({ readLedger }, { escalations: bound({ escalation, pages }, paging) }).readLedger;
