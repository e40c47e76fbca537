import { dynamoClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { capability } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { INTEGRATIONS_GRANTS } from './grants.ts';
import { webhooksConcern } from './webhooks/concern.ts';
import { listWebhooks } from './webhooks/store.ts';

/* What other contexts may ask of the integrations: which transitions concern webhooks. */

/** Finds which transitions of a batch webhooks want, by what was read within 20 seconds. */
export const webhooksConcernReader = /* @__PURE__ */ capability(INTEGRATIONS_GRANTS.webhooks, () => {
  const integrations = table(dynamoClient(), readEnv(['INTEGRATIONS_TABLE']).INTEGRATIONS_TABLE);
  return webhooksConcern({ clock: systemClock, webhooks: bound({ listWebhooks }, integrations) });
});
