import { http } from '../../shared/http/handler.ts';
import { reply } from '../../shared/http/route.ts';
import { getConfig } from './config/get-config.ts';
import { setConfig } from './config/set-config.ts';
import { configDeps, examineDeps, health, metricDeps, monitorDeps, ruleDeps } from './deps.ts';
import { ask } from './metrics/ask.ts';
import { exportMetrics } from './metrics/export-metrics.ts';
import { expose, wantsExposition } from './metrics/expose.ts';
import { record } from './metrics/record.ts';
import { collect } from './monitors/collect.ts';
import { create } from './monitors/create.ts';
import { changes, get, list } from './monitors/get.ts';
import { ping } from './monitors/ping.ts';
import { remove } from './monitors/remove.ts';
import { replace } from './monitors/replace.ts';
import { routes } from './routes.ts';
import { getRule, listInstances, listPresets, listRules, previewRule } from './rules/get.ts';
import { createRule, deleteRule, installPreset, replaceRule } from './rules/save.ts';

const pinged = async (key: string, signal: string | undefined, log: string) =>
  reply({ status: 200, headers: { 'content-type': 'text/plain' }, body: await ping(monitorDeps(), key, signal, log) });

export const handler = http(routes, {
  getConfig: () => getConfig(configDeps()),
  recordMetrics: ({ body, caller, header }) => record(metricDeps(), caller, body.points, header('idempotency-key')),
  queryMetrics: ({ query, header }) =>
    wantsExposition(header('accept')) ? expose(metricDeps()) : ask(metricDeps(), query),
  exportMetrics: ({ body, caller }) => exportMetrics(metricDeps(), caller, body),
  listMonitors: ({ query }) => list(monitorDeps(), query),
  createMonitor: ({ body, caller, origin }) => create(monitorDeps(), caller, origin, body),
  getMonitor: ({ params }) => get(monitorDeps(), params.id),
  replaceMonitor: ({ params, body, caller, origin }) => replace(monitorDeps(), caller, origin, params.id, body),
  deleteMonitor: ({ params, caller, origin }) => remove(monitorDeps(), caller, origin, params.id),
  listMonitorChanges: ({ params, query }) => changes(monitorDeps(), params.id, query),
  collectHealth: ({ body }) => collect(examineDeps(), body.monitors),
  getHealth: async () => {
    const { status } = await health()();
    return reply({ status: 200, headers: { 'cache-control': 'public, max-age=5' }, body: { status } });
  },
  getHealthDashboard: () => health()(),
  listRules: ({ query }) => listRules(ruleDeps(), query),
  createRule: ({ body, caller, origin }) => createRule(ruleDeps(), caller, origin, body),
  getRule: ({ params }) => getRule(ruleDeps(), params.id),
  replaceRule: ({ params, body, caller, origin }) => replaceRule(ruleDeps(), caller, origin, params.id, body),
  deleteRule: ({ params, caller, origin }) => deleteRule(ruleDeps(), caller, origin, params.id),
  listRuleInstances: ({ params }) => listInstances(ruleDeps(), params.id),
  previewRule: ({ body }) => previewRule(ruleDeps(), body),
  listRulePresets: () => listPresets(ruleDeps()),
  installRulePreset: ({ body, caller, origin }) => installPreset(ruleDeps(), caller, origin, body.preset),
  ping: ({ params }) => pinged(params.key, undefined, ''),
  pingWithLog: ({ params, text }) => pinged(params.key, undefined, text),
  pingSignal: ({ params }) => pinged(params.key, params.signal, ''),
  pingSignalWithLog: ({ params, text }) => pinged(params.key, params.signal, text),
  setConfig: ({ body, caller, origin }) => setConfig(configDeps(), caller, origin, body),
});
