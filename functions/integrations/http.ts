import { http } from '../../shared/http/handler.ts';
import { reply } from '../../shared/http/route.ts';
import { deps } from './deps.ts';
import { presentedKey } from './presented-key.ts';
import { pushAlerts } from './push-alerts.ts';
import { routes } from './routes.ts';
import { takeWebhook } from './take-webhook.ts';

export const handler = http(routes, {
  takeAlertmanagerWebhook: ({ params, body }) => takeWebhook(deps(), params.key, body),
  pushAlerts: async ({ header, body }) => {
    await pushAlerts(deps(), presentedKey(header('authorization')), body);
    return reply({ status: 200 });
  },
});
