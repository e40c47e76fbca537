import { http } from '../../shared/http/handler.ts';
import { reply } from '../../shared/http/route.ts';
import { deps } from './deps.ts';
import { pushAlerts } from './alertmanager/push-alerts.ts';
import { routes } from './routes.ts';
import { takeChange } from './pagerduty/take-change.ts';
import { takeEvent, takeEventV1 } from './pagerduty/take-event.ts';
import { takeWebhook } from './alertmanager/take-webhook.ts';

export type Deps = ReturnType<typeof deps>;

/** The routes of this context. The dependencies are made at the first request. */
export const surface = (depsOf: () => Deps) =>
  http(
    routes,
    {
      takeAlertmanagerWebhook: (request) => takeWebhook(depsOf(), request, request.body),
      pushAlerts: async (request) => {
        await pushAlerts(depsOf(), request, request.body);
        return reply({ status: 200 });
      },
      takePagerDutyEvent: ({ text, header }) => takeEvent(depsOf(), { text, headerKey: header('x-routing-key') }),
      takePagerDutyChange: ({ text, header }) => takeChange(depsOf(), { text, headerKey: header('x-routing-key') }),
      takePagerDutyEventV1: ({ text }) => takeEventV1(depsOf(), { text }),
    },
    (presented) => depsOf().sources(presented),
  );

export const handler = surface(deps);
