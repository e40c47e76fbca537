import { http } from '../../../shared/http/handler.ts';
import { mediaTypeOf } from '../../../shared/http/request.ts';
import { reply } from '../../../shared/http/route.ts';
import { metricDeps } from '../deps/metrics.ts';
import { ruleDeps } from '../deps/rules.ts';
import { slaDeps } from '../deps/sla.ts';
import { ask } from '../metrics/ask.ts';
import { exportMetrics } from '../metrics/export-metrics.ts';
import { expose, wantsExposition } from '../metrics/expose.ts';
import { encodedAnswer, PROTOBUF } from '../metrics/otlp-protobuf.ts';
import { record } from '../metrics/record.ts';
import { measureRoutes } from '../measure-routes.ts';
import { getRule, listInstances, listPresets, listRules, previewRule } from '../rules/get.ts';
import { createRule, deleteRule, installPreset, replaceRule } from '../rules/save.ts';
import { csvOf } from '../sla/csv.ts';
import { getSla } from '../sla/get-sla.ts';

const CSV = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="sla.csv"' };

export const handler = http(measureRoutes, {
  recordMetrics: ({ body, caller, header }) => record(metricDeps(), caller, body.points, header('idempotency-key')),
  queryMetrics: ({ query, header }) =>
    wantsExposition(header('accept')) ? expose(metricDeps()) : ask(metricDeps(), query),
  exportMetrics: async ({ bytes, caller, header }) => {
    const contentType = header('content-type');
    const exported = await exportMetrics(metricDeps(), caller, { bytes, contentType });
    if (mediaTypeOf(contentType) !== PROTOBUF) return exported;
    return reply({
      status: 200,
      headers: { 'content-type': PROTOBUF },
      body: encodedAnswer(exported.partialSuccess),
    });
  },
  listRules: ({ query }) => listRules(ruleDeps(), query),
  createRule: ({ body, caller, origin }) => createRule(ruleDeps(), caller, origin, body),
  getRule: ({ params }) => getRule(ruleDeps(), params.id),
  replaceRule: ({ params, body, caller, origin }) => replaceRule(ruleDeps(), caller, origin, params.id, body),
  deleteRule: ({ params, caller, origin }) => deleteRule(ruleDeps(), caller, origin, params.id),
  listRuleInstances: ({ params }) => listInstances(ruleDeps(), params.id),
  previewRule: ({ body }) => previewRule(ruleDeps(), body),
  listRulePresets: () => listPresets(ruleDeps()),
  getSla: async ({ query: { format, ...query } }) => {
    const page = await getSla(slaDeps(), query);
    return format === 'csv' ? reply({ status: 200, headers: CSV, body: csvOf(page.items) }) : page;
  },
  installRulePreset: ({ body, caller, origin }) => installPreset(ruleDeps(), caller, origin, body.preset),
});
