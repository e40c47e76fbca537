import { http } from '../../shared/http/handler.ts';
import { eventIdHeader } from '../../shared/http/event-id-header.ts';
import { reply } from '../../shared/http/route.ts';
import { deps } from './deps.ts';
import { pushAlerts } from './alertmanager/push-alerts.ts';
import { routes } from './routes.ts';
import { takeChange } from './pagerduty/take-change.ts';
import { takeEvent, takeEventV1 } from './pagerduty/take-event.ts';
import { takeMessage } from './generic/take-message.ts';
import { speaksAlertmanager } from './source.ts';
import { takeWebhook } from './alertmanager/take-webhook.ts';

export type Deps = ReturnType<typeof deps>;

/** An answer with the id of the event, by which people find what became of it. */
const taken = (
  status: number,
  { eventId, body }: { readonly eventId: string | undefined; readonly body?: object | undefined },
) => reply({ status, headers: eventIdHeader(eventId), body });

/** The routes of this context. The dependencies are made at the first request. */
export const surface = (depsOf: () => Deps) =>
  http(
    routes,
    {
      takeAlertmanagerWebhook: async ({ caller, body }) =>
        taken(200, await takeWebhook(depsOf(), { caller: speaksAlertmanager(caller) }, body)),
      takeMessage: async ({ caller, text, params, header }) =>
        taken(200, await takeMessage(depsOf(), { caller }, { text, header, key: params.key })),
      pushAlerts: async ({ caller, body }) =>
        taken(200, { eventId: await pushAlerts(depsOf(), { caller: speaksAlertmanager(caller) }, body) }),
      takePagerDutyEvent: async ({ text, header }) =>
        taken(202, await takeEvent(depsOf(), { text, headerKey: header('x-routing-key') })),
      takePagerDutyChange: async ({ text, header }) =>
        taken(202, await takeChange(depsOf(), { text, headerKey: header('x-routing-key') })),
      takePagerDutyEventV1: async ({ text }) => taken(200, await takeEventV1(depsOf(), { text })),
    },
    { holders: (presented) => depsOf().sources(presented) },
  );

export const handler = surface(deps);
