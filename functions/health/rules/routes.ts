import * as z from 'zod/mini';
import { Instant } from '../../../shared/kernel/instant.ts';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { PRESETS } from './presets.ts';
import { CreateRule, Instance, ReplaceRule, Rule } from './rule.ts';

const ruleId = pathId('rul', 'rule');

const SENT = {
  name: 'CheckoutSlow',
  severity: 'error',
  service: 'checkout',
  forSeconds: 120,
  condition: {
    type: 'threshold',
    metric: 'checkout.latency',
    aggregation: 'p95',
    windowSeconds: 300,
    operator: '>',
    value: 800,
    recoverValue: 600,
  },
};

const EXAMPLE = {
  id: 'rul_01jd3v8m2k7q4xh2g8vq0p1m9d',
  version: 1,
  description: '',
  enabled: true,
  groupBy: [],
  keepFiringSeconds: 60,
  missingData: 'keep',
  team: null,
  labels: {},
  runbookUrl: null,
  preset: null,
  createdAt: '2026-11-21T03:00:00.000Z',
  changedAt: '2026-11-21T03:00:00.000Z',
  ...SENT,
};

const Fired = z.object({
  at: z.string(),
  dimensions: z.record(z.string(), z.string()),
  status: z.enum(['firing', 'ok']),
  reason: z.string(),
});

const READ = 'monitoring.config.read';
const WRITE = 'monitoring.config.update';

export const routes = defineRoutes({
  listRules: {
    method: 'GET',
    path: '/api/monitoring/rules',
    summary: 'List rules, oldest first',
    permission: READ,
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of rules',
      body: pageOf(Rule),
      example: { items: [EXAMPLE], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  createRule: {
    method: 'POST',
    path: '/api/monitoring/rules',
    summary: 'Judge metrics by a rule',
    description:
      'Conditions are threshold (recoverValue makes a hysteresis), change against a baseline, ratio of two metrics, absence, and all, ' +
      'any or not of these. A rule is judged each minute, and at once when a metric of it is recorded. groupBy gives an ' +
      'instance, with an alert of its own, for each combination of values.',
    permission: WRITE,
    body: CreateRule,
    example: SENT,
    success: { status: 201, description: 'The rule', body: Rule, example: EXAMPLE },
    problems: { 409: ['rule.too_many'] },
  },
  getRule: {
    method: 'GET',
    path: '/api/monitoring/rules/{id}',
    params: { id: ruleId },
    summary: 'Get a rule',
    permission: READ,
    success: { status: 200, description: 'The rule', body: Rule, example: EXAMPLE },
    problems: { 404: ['rule.not_found'] },
  },
  replaceRule: {
    method: 'PUT',
    path: '/api/monitoring/rules/{id}',
    params: { id: ruleId },
    summary: 'Replace a rule',
    description:
      'Send the whole rule, with the version that it follows. It is in force within a minute. Alerts of a rule that is switched off or ' +
      'grouped by other dimensions resolve, and so do those for which a changed condition does not hold.',
    permission: WRITE,
    body: ReplaceRule,
    example: { ...SENT, version: 1 },
    success: { status: 200, description: 'The rule', body: Rule, example: { ...EXAMPLE, version: 2 } },
    problems: { 404: ['rule.not_found'], 409: ['rule.changed'] },
  },
  deleteRule: {
    method: 'DELETE',
    path: '/api/monitoring/rules/{id}',
    params: { id: ruleId },
    summary: 'Delete a rule and resolve its alerts',
    permission: WRITE,
    success: { status: 204, description: 'It is gone' },
    problems: { 404: ['rule.not_found'] },
  },
  listRuleInstances: {
    method: 'GET',
    path: '/api/monitoring/rules/{id}/instances',
    params: { id: ruleId },
    summary: 'List the instances of a rule with their states',
    permission: READ,
    success: {
      status: 200,
      description: 'Instances that are broken, or were within two days',
      body: z.object({ items: z.array(Instance) }),
      example: {
        items: [
          {
            dimensions: {},
            status: 'firing',
            since: '2026-11-21T03:00:00.000Z',
            reason: 'p95 of checkout.latency over 5 min is 912, > 800',
          },
        ],
      },
    },
    problems: { 404: ['rule.not_found'] },
  },
  previewRule: {
    method: 'POST',
    path: '/api/monitoring/rules/preview',
    summary: 'Run a rule over the stored past, and show when it would have fired',
    description: 'The last 24 hours without a range; 48 at most. Nothing is stored, and nobody is notified.',
    permission: READ,
    body: z.strictObject({ rule: CreateRule, from: z.optional(Instant), to: z.optional(Instant) }),
    example: { rule: SENT, from: '2026-11-20T03:00:00Z', to: '2026-11-21T03:00:00Z' },
    success: {
      status: 200,
      description: 'When it would have fired and recovered, to the minute',
      body: z.object({ items: z.array(Fired) }),
      example: {
        items: [
          {
            at: '2026-11-20T22:14:59.999Z',
            dimensions: {},
            status: 'firing',
            reason: 'p95 of checkout.latency over 5 min is 912, > 800',
          },
        ],
      },
    },
    problems: { 400: ['rule.range'] },
  },
  listRulePresets: {
    method: 'GET',
    path: '/api/monitoring/rules/presets',
    summary: 'List the rules that come with Tocsin',
    permission: READ,
    success: {
      status: 200,
      description: 'The presets, and the names of their rules',
      body: z.object({ items: z.array(z.object({ name: z.string(), rules: z.array(z.string()) })) }),
      example: { items: [{ name: 'lrs-agents', rules: ['AgentPrecisionDrop'] }] },
    },
  },
  installRulePreset: {
    method: 'POST',
    path: '/api/monitoring/rules/presets',
    summary: 'Install the rules of a preset',
    description: 'Thresholds come from the configuration. Rules that are there already stay as they are.',
    permission: WRITE,
    body: z.strictObject({ preset: z.enum(PRESETS) }),
    example: { preset: 'revoagent' },
    success: {
      status: 200,
      description: 'All rules of the preset',
      body: z.object({ items: z.array(Rule) }),
      example: { items: [EXAMPLE] },
    },
    problems: { 409: ['rule.too_many'] },
  },
});
