import { http } from '../../shared/http/handler.ts';
import { reply } from '../../shared/http/route.ts';
import { deps } from './deps.ts';
import { pushAlerts } from './push-alerts.ts';
import { routes } from './routes.ts';
import { takeWebhook } from './take-webhook.ts';

export const handler = http(
  routes,
  {
    takeAlertmanagerWebhook: ({ caller, body }) => takeWebhook(deps(), caller, body),
    pushAlerts: async ({ caller, body }) => {
      await pushAlerts(deps(), caller, body);
      return reply({ status: 200 });
    },
  },
  (presented) => deps().sources(presented),
);
