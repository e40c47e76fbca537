import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { surface } from '../../../functions/integrations/http.ts';
import { surface as opsgenieSurface } from '../../../functions/integrations/http/opsgenie.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke, type Invoked } from '../../support/invoke.ts';
import { runs } from '../../support/runs.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
});
afterAll(() => dynamo.stop());

const ACTIONS = ['trigger', 'acknowledge', 'resolve'] as const;
type Action = (typeof ACTIONS)[number];
/** Versions 1 and 2 of PagerDuty share an integration, and so their alerts. */
const DIALECTS = { v2: 'pagerduty', v1: 'pagerduty', opsgenie: 'opsgenie' } as const;
type Dialect = keyof typeof DIALECTS;

interface Step {
  readonly dialect: Dialect;
  readonly action: Action;
  readonly key: string;
  /** A client sends it again, because an answer was lost. */
  readonly times: number;
}

const steps = fc.array(
  fc.record({
    dialect: fc.constantFrom(...(Object.keys(DIALECTS) as Dialect[])),
    action: fc.constantFrom(...ACTIONS),
    key: fc.constantFrom('a', 'k/1 ä'),
    times: fc.integer({ min: 1, max: 2 }),
  }),
  { minLength: 1, maxLength: 14 },
);

interface Modelled {
  status: string;
  count: number;
}

/** What the alerts of each key are after all steps, in the order in which they opened. */
const modelOf = (all: readonly Step[]): Record<string, Modelled[]> => {
  const alerts: Record<string, Modelled[]> = {};
  for (const { dialect, action, key, times } of all) {
    for (let time = 0; time < times; time++) {
      const slot = (alerts[`${DIALECTS[dialect]} ${key}`] ??= []);
      const last = slot.at(-1);
      const open = last?.status === 'resolved' ? undefined : last;
      if (action === 'trigger' && open) open.count += 1;
      else if (action === 'trigger') slot.push({ status: 'open', count: 1 });
      else if (open && action === 'resolve') open.status = 'resolved';
      else if (open) open.status = 'acknowledged';
    }
  }
  return Object.fromEntries(Object.entries(alerts).filter(([, slot]) => slot.length > 0));
};

let names = 0;

it('random events in every dialect, some of them twice, end as one model says', async () => {
  const [ingestDeps, opsgenieDeps] = [ingest.container(), ingest.opsgenie()];
  const [handler, opsgenie] = [surface(() => ingestDeps), opsgenieSurface(() => opsgenieDeps)];
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const name = `dialects ${++names}`;
      const { key: routing } = await ingest.integration({ type: 'pagerduty', name });
      const { key: genie } = await ingest.integration({ type: 'opsgenie', name });
      const genieCall = (rest: string, query: Record<string, string>, body: unknown): Promise<Invoked> =>
        invoke(opsgenie, 'POST /v2/{rest+}', {
          wireRest: rest,
          query,
          body,
          headers: { authorization: `GenieKey ${genie}` },
        });
      const SEND: Record<Dialect, (action: Action, key: string) => Promise<Invoked>> = {
        v2: (event_action, dedup_key) =>
          invoke(handler, 'POST /v2/enqueue', {
            body: {
              routing_key: routing,
              event_action,
              dedup_key,
              payload: { summary: 's', source: 's', severity: 'error' },
            },
          }),
        v1: (event_type, incident_key) =>
          invoke(handler, 'POST /generic/2010-04-15/create_event.json', {
            body: { service_key: routing, event_type, incident_key, description: 's' },
          }),
        opsgenie: (action, alias) =>
          action === 'trigger'
            ? genieCall('alerts', {}, { message: 's', alias })
            : genieCall(
                `alerts/${encodeURIComponent(alias)}/${action === 'resolve' ? 'close' : action}`,
                { identifierType: 'alias' },
                {},
              ),
      };
      for (const { dialect, action, key, times } of all) {
        for (let time = 0; time < times; time++) {
          ingest.clock.advance(1000);
          expect((await SEND[dialect](action, key)).status).toBe(dialect === 'v1' ? 200 : 202);
        }
      }
      const ended: Record<string, Modelled[]> = {};
      for (const { source, dedupKey, status, count } of await ingest.alertsOf(name)) {
        (ended[`${source.split(':')[0]} ${dedupKey}`] ??= []).push({ status, count });
      }
      expect(ended).toEqual(modelOf(all));
    }),
    { numRuns: runs(150) },
  );
});
