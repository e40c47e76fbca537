import { effectiveWithin } from '../../../shared/http/effective-within.ts';
import { http } from '../../../shared/http/handler.ts';
import { reply } from '../../../shared/http/route.ts';
import { requestKeys, resourcesDeps } from '../deps.ts';
import { listPresets } from '../generic/list-presets.ts';
import { tryMapping } from '../generic/try-mapping.ts';
import { createIntegration } from '../resources/create-integration.ts';
import { getIntegration, listIntegrations } from '../resources/read-integrations.ts';
import { listRejected } from '../rejected/list-rejected.ts';
import { replayRejected } from '../rejected/replay-rejected.ts';
import { getEvent } from '../receipts/get-event.ts';
import { listEvents } from '../receipts/list-events.ts';
import { REFUSED_WITHIN_SECONDS } from '../resources/known-integrations.ts';
import { rotateKey } from '../resources/rotate-key.ts';
import { deleteIntegration, saveIntegration } from '../resources/save-integration.ts';
import { listChanges } from '../changes/list-changes.ts';
import { resourcesRoutes } from '../resources-routes.ts';

export type Deps = ReturnType<typeof resourcesDeps>;

/** The routes by which people manage integrations. */
export const surface = (depsOf: () => Deps, keys = requestKeys) =>
  http(
    resourcesRoutes,
    {
      getEvent: (request) => getEvent(depsOf().receipts(), request, request.params),
      listEvents: ({ query }) => listEvents(depsOf(), query),
      listRejectedEvents: ({ params, query }) => listRejected(depsOf(), { id: params.key, ...query }),
      replayRejectedEvents: ({ params, body }) => replayRejected(depsOf(), { id: params.key, ...body }),
      listChanges: ({ query }) => listChanges(depsOf(), query),
      listIntegrations: () => listIntegrations(depsOf()),
      createIntegration: (request) => createIntegration(depsOf(), request, request.body),
      listIntegrationPresets: async () => listPresets(),
      tryMapping: async ({ body }) => tryMapping(body),
      getIntegration: ({ params }) => getIntegration(depsOf(), { id: params.key }),
      saveIntegration: (request) => saveIntegration(depsOf(), request, { id: request.params.key, ...request.body }),
      deleteIntegration: async (request) => {
        await deleteIntegration(depsOf(), request, { id: request.params.key });
        return reply({ status: 204, headers: effectiveWithin(REFUSED_WITHIN_SECONDS) });
      },
      rotateIntegrationKey: (request) => rotateKey(depsOf(), request, { id: request.params.key, ...request.body }),
    },
    { keys },
  );

export const handler = surface(resourcesDeps);
