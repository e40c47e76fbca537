import type { Context } from 'aws-lambda';
import { auditDeps } from '../deps.ts';
import { audit } from '../escalations/audit.ts';
import { reportAudit } from '../escalations/report-repairs.ts';

/** Each minute: proves that each alert is escalated as it must be, and mends what is not. */
export const handler = async (_event: unknown, context: Context): Promise<void> =>
  reportAudit(await audit({ ...auditDeps(), remainingMs: () => context.getRemainingTimeInMillis() }));
