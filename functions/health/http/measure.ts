import { http } from '../../../shared/http/handler.ts';
import { mediaTypeOf } from '../../../shared/http/request.ts';
import { reply } from '../../../shared/http/route.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { getDashboards } from '../dashboards/get-dashboards.ts';
import { listDashboardPresets } from '../dashboards/presets.ts';
import { addDashboardsOf, saveDashboards } from '../dashboards/save-dashboards.ts';
import { reader, segments } from '../deps/metrics.ts';
import { dashboards, history, requestKeys, retentionDays, rules, runs, settings } from '../deps/stores.ts';
import { measureRoutes } from '../measure-routes.ts';
import { exportMetrics } from '../metrics/export-metrics.ts';
import { exposeMetrics, wantsExposition } from '../metrics/expose-metrics.ts';
import { encodedAnswer, PROTOBUF } from '../metrics/otlp-protobuf.ts';
import { metricLister } from '../metrics/list-metrics.ts';
import { queryMetrics } from '../metrics/query-metrics.ts';
import { queryManyMetrics } from '../metrics/query-many-metrics.ts';
import { recordMetrics } from '../metrics/record-metrics.ts';
import { seriesLimit } from '../metrics/series-limit.ts';
import { getRule, listRuleInstances, listRulePresets, listRules, previewRule } from '../rules/get-rule.ts';
import { createRule, deleteRule, installPreset, replaceRule } from '../rules/save-rule.ts';
import { csvOf } from '../sla/csv.ts';
import { getSla } from '../sla/get-sla.ts';

const measuring = lazy(() => ({
  clock: systemClock,
  segments: segments(),
  reader: reader(),
  listMetrics: metricLister({ reader: reader(), clock: systemClock }),
  mayAdd: seriesLimit(),
  rules: rules(),
  dashboards: dashboards(),
  settings: settings(),
  history: history(),
  runs: runs(),
  retentionDays: retentionDays(),
}));

export type MeasureDeps = ReturnType<typeof measuring>;

const CSV = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="sla.csv"' };

export const surface = (deps: () => MeasureDeps, keys = requestKeys) =>
  http(
    measureRoutes,
    {
      recordMetrics: (request) =>
        recordMetrics(deps(), request, {
          points: request.body.points,
          requestKey: request.requestKey,
        }),
      queryMetrics: ({ query, header }) =>
        wantsExposition(header('accept')) ? exposeMetrics(deps()) : queryMetrics(deps(), query),
      queryManyMetrics: ({ body }) => queryManyMetrics(deps(), body),
      listMetrics: () => deps().listMetrics(),
      exportMetrics: async (request) => {
        const contentType = request.header('content-type');
        const exported = await exportMetrics(deps(), request, { bytes: request.bytes, contentType });
        if (mediaTypeOf(contentType) !== PROTOBUF) return exported;
        return reply({
          status: 200,
          headers: { 'content-type': PROTOBUF },
          body: encodedAnswer(exported.partialSuccess),
        });
      },
      listRules: ({ query }) => listRules(deps(), query),
      createRule: (request) => createRule(deps(), request, request.body),
      getRule: ({ params }) => getRule(deps(), params),
      replaceRule: (request) => replaceRule(deps(), request, { ...request.body, id: request.params.id }),
      deleteRule: (request) => deleteRule(deps(), request, request.params),
      listRuleInstances: ({ params }) => listRuleInstances(deps(), params),
      previewRule: ({ body }) => previewRule(deps(), body),
      listRulePresets: () => listRulePresets(deps()),
      installRulePreset: async (request) => {
        const installed = await installPreset(deps(), request, request.body);
        await addDashboardsOf(deps(), request, request.body.preset);
        return installed;
      },
      listDashboardPresets: async () => listDashboardPresets(),
      getDashboards: () => getDashboards(deps()),
      saveDashboards: (request) => saveDashboards(deps(), request, request.body),
      getSla: async ({ query: { format, ...query } }) => {
        const page = await getSla(deps(), query);
        return format === 'csv' ? reply({ status: 200, headers: CSV, body: csvOf(page.items) }) : page;
      },
    },
    { keys },
  );

export const handler = surface(measuring);
