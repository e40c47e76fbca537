import * as z from 'zod/mini';
import { pageOf } from '../../../shared/http/list.ts';
import { pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Tried, TryRules } from './try-rules.ts';
import { CreateRule, Rule, SaveRule, RULE_ID, noSuchRule, wrongRuleId } from './rule.ts';

const ruleId = pathParam(RULE_ID, noSuchRule);

const DEFINITION = {
  name: 'Payments in one region',
  enabled: true,
  order: 10,
  match: {
    severities: ['critical', 'error'],
    services: ['checkout', 'billing'],
    labels: { environment: 'production' },
  },
  groupBy: ['team', 'label:region'],
  windowMinutes: 30,
  minAlerts: 2,
  dependencies: false,
  severity: 'SEV1',
  private: false,
};

const RULE = {
  id: 'payments',
  version: 1,
  changedAt: '2026-11-21T03:00:00.000Z',
  changedBy: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
  ...DEFINITION,
};

export const routes = defineRoutes({
  listIncidentRules: {
    method: 'GET',
    path: '/api/monitoring/incident-rules',
    summary: 'List the rules that open incidents from alerts, in the order in which they are tried',
    permission: 'monitoring.config.read',
    query: z.strictObject({}),
    success: {
      status: 200,
      description: 'All rules, with the default one',
      body: pageOf(Rule),
      example: { items: [RULE], next: null },
    },
  },
  createIncidentRule: {
    method: 'POST',
    path: '/api/monitoring/incident-rules',
    summary: 'Create a rule that opens incidents from alerts',
    description: 'The rule gets a new id. `PUT` creates a rule with an id of your choice.',
    permission: 'monitoring.config.update',
    body: CreateRule,
    example: DEFINITION,
    success: { status: 201, description: 'The rule', body: Rule, example: RULE },
    problems: { 409: ['rule.limit'] },
  },
  tryIncidentRules: {
    method: 'POST',
    path: '/api/monitoring/incident-rules/test',
    summary: 'Test which incident an alert would open or join, and why',
    description: 'Uses the present rules and incidents, now or at a given time. Nothing is raised or opened.',
    permission: 'monitoring.config.read',
    body: TryRules,
    example: { alert: { title: 'Checkout answers 500', severity: 'critical', service: 'checkout' } },
    success: {
      status: 200,
      description: 'The outcome, with the verdict of each rule',
      body: Tried,
      example: {
        outcome: 'opens',
        because:
          'No open incident that you may see takes alerts with the same service, or the alerts of related services.',
        ruleId: 'default',
        incidentId: null,
        severity: 'SEV2',
        trace: [
          {
            ruleId: 'payments',
            name: 'Payments in one region',
            outcome: 'skipped',
            because: 'label environment is missing, wanted: production',
          },
          {
            ruleId: 'default',
            name: 'Critical alerts',
            outcome: 'matched',
            because: 'All its conditions match. It is the default rule of every installation.',
          },
        ],
      },
    },
  },
  getIncidentRule: {
    method: 'GET',
    path: '/api/monitoring/incident-rules/{id}',
    params: { id: ruleId },
    summary: 'Get a rule that opens incidents from alerts',
    permission: 'monitoring.config.read',
    success: { status: 200, description: 'The rule', body: Rule, example: RULE },
    problems: { 404: ['rule.not_found'] },
  },
  saveIncidentRule: {
    method: 'PUT',
    path: '/api/monitoring/incident-rules/{id}',
    params: { id: pathParam(RULE_ID, wrongRuleId) },
    summary: 'Create or replace a rule that opens incidents from alerts',
    description:
      'Send the whole rule with the version that you read, 0 for a new one. The first rule that matches an alert decides. Alerts ' +
      'with the same fields of `groupBy`, or of services that depend on each other, join one incident until none arrives for ' +
      '`windowMinutes`. The rule applies within half a minute.',
    permission: 'monitoring.config.update',
    body: SaveRule,
    example: { ...DEFINITION, version: 0 },
    success: { status: 200, description: 'The rule', body: Rule, example: RULE },
    problems: { 400: ['rule.id'], 409: ['rule.changed', 'rule.limit'] },
  },
  deleteIncidentRule: {
    method: 'DELETE',
    path: '/api/monitoring/incident-rules/{id}',
    params: { id: ruleId },
    summary: 'Delete a rule; the incidents that it opened continue',
    permission: 'monitoring.config.update',
    success: { status: 204, description: 'The rule is deleted' },
    problems: { 404: ['rule.not_found'], 409: ['rule.changed'] },
  },
});
