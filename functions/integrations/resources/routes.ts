import * as z from 'zod/mini';
import { pageOf } from '../../../shared/http/list.ts';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { MappedView, TryMapping } from '../generic/try-mapping.ts';
import { PresetView, presetView } from '../generic/list-presets.ts';
import { CreateIntegration, Integration, IntegrationWithKey, RotateKey, SaveIntegration } from './integration.ts';

/** The gateway takes one name for the variable segment after `/api/integrations`, and the webhook of Alertmanager named it. */
const id = pathId('itg', 'integration');

const SETTINGS = {
  name: 'Checkout monitoring',
  service: 'checkout',
  team: null,
  defaultSeverity: 'error',
  severities: { warning: 'info' },
  eventsPerMinute: 6_000,
  enabled: true,
} as const;

const EXAMPLE = {
  id: 'itg_01jd3v8m2k7q4xh2g8vq0p1m9d',
  type: 'pagerduty',
  source: 'pagerduty:Checkout monitoring',
  ...SETTINGS,
  keys: [{ hint: '…x9Qa', createdAt: '2026-11-21T03:00:00.000Z', validUntil: null }],
  lastEventAt: '2026-11-21T03:10:00.000Z',
  accepted: 41,
  rejected: 1,
  rejectedSamples: [
    {
      at: '2026-11-21T03:09:00.000Z',
      reason: "'payload.summary' is missing or blank",
      body: '{"event_action":"trigger"}',
    },
  ],
  version: 1,
  createdAt: '2026-11-21T03:00:00.000Z',
  changedAt: '2026-11-21T03:00:00.000Z',
  changedBy: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
} as const;

const WITH_KEY = { ...EXAMPLE, key: 'R3vLx0pQ7aZt9sKd2mWc5yHn8uJb4fGe' } as const;

export const routes = defineRoutes({
  listIntegrations: {
    method: 'GET',
    path: '/api/integrations',
    summary: 'List the integrations',
    description:
      'With the last event and counts of each. Containers count, and write once a minute at most, so the latest events may be missing.',
    permission: 'monitoring.config.read',
    success: {
      status: 200,
      description: 'All integrations, oldest first',
      body: pageOf(Integration),
      example: { items: [EXAMPLE], next: null },
    },
  },
  createIntegration: {
    method: 'POST',
    path: '/api/integrations',
    answersSecret: true,
    summary: 'Create an integration',
    description:
      'Only this answer shows the key, which has the format of the vendor: 32 alphanumeric characters for PagerDuty, a UUID for ' +
      'Opsgenie. Alerts have the source `<type>:<name>`. They continue open alerts of a former integration, or a machine key, of that name.',
    permission: 'monitoring.config.update',
    body: CreateIntegration,
    example: { type: 'pagerduty', ...SETTINGS },
    success: { status: 201, description: 'The integration with its key', body: IntegrationWithKey, example: WITH_KEY },
    problems: { 409: ['integration.name_taken', 'integration.limit'] },
  },
  listIntegrationPresets: {
    method: 'GET',
    path: '/api/integrations/presets',
    summary: 'List the vendors whose webhooks need no mapping',
    description: 'With the mapping of each, where its address goes, and the body that a person enters at the vendor.',
    permission: 'monitoring.config.read',
    success: {
      status: 200,
      description: 'The vendors',
      body: z.object({ items: z.readonly(z.array(PresetView)) }),
      example: { items: [presetView('zabbix')] },
    },
  },
  tryMapping: {
    method: 'POST',
    path: '/api/integrations/try',
    summary: 'Try a mapping on a message, without storing anything',
    description:
      'Answers what becomes of each event of the message, and what each field and condition of the mapping came to.',
    permission: 'monitoring.config.read',
    body: TryMapping,
    example: {
      mapping: { key: '$.id', title: '{{ $.host }} is {{ $.state }}', resolve: { value: '$.state', is: 'ok' } },
      body: '{"id":"db-1/disk","host":"db-1","state":"full"}',
    },
    success: {
      status: 200,
      description: 'The outcome of each event',
      body: z.object({ events: z.readonly(z.array(MappedView)) }),
      example: {
        events: [
          {
            action: 'trigger',
            event: {
              dedupKey: 'db-1/disk',
              title: 'db-1 is full',
              severity: 'error',
              description: '',
              service: null,
              team: null,
              labels: {},
              annotations: {},
            },
            steps: [
              { name: 'resolve', value: 'false' },
              { name: 'key', value: 'db-1/disk' },
              { name: 'title', value: 'db-1 is full' },
            ],
          },
        ],
      },
    },
    problems: { 400: ['integration.mapping'] },
  },
  getIntegration: {
    method: 'GET',
    path: '/api/integrations/{key}',
    params: { key: id },
    summary: 'Get an integration',
    description:
      'The path takes its id. `rejectedSamples` has the latest events that were refused, without their keys.',
    permission: 'monitoring.config.read',
    success: { status: 200, description: 'The integration', body: Integration, example: EXAMPLE },
    problems: { 404: ['integration.not_found'] },
  },
  saveIntegration: {
    method: 'PUT',
    path: '/api/integrations/{key}',
    params: { key: id },
    summary: 'Replace the settings of an integration, or enable and disable it',
    description: 'They take effect within 20 seconds. Key and source stay.',
    permission: 'monitoring.config.update',
    body: SaveIntegration,
    example: { ...SETTINGS, enabled: false, version: 1 },
    success: {
      status: 200,
      description: 'The integration',
      body: Integration,
      example: { ...EXAMPLE, enabled: false, version: 2 },
    },
    problems: { 404: ['integration.not_found'], 409: ['integration.changed'] },
  },
  deleteIntegration: {
    method: 'DELETE',
    path: '/api/integrations/{key}',
    params: { key: id },
    summary: 'Delete an integration',
    description:
      'Its keys are refused within 20 seconds, as the header `Tocsin-Effective-Within` of the answer says. Its open alerts stay as they are.',
    permission: 'monitoring.config.update',
    success: { status: 204, description: 'It is deleted' },
    problems: { 404: ['integration.not_found'], 409: ['integration.changed'] },
  },
  rotateIntegrationKey: {
    method: 'POST',
    path: '/api/integrations/{key}/rotate-key',
    answersSecret: true,
    params: { key: id },
    summary: 'Give an integration a new key',
    description:
      'The former key is accepted for `overlapMinutes`, a day by default. Keys before it, and the former one with an overlap of 0, are refused within 20 seconds.',
    permission: 'monitoring.config.update',
    body: RotateKey,
    bodyOptional: true,
    example: { overlapMinutes: 60 },
    success: {
      status: 200,
      description: 'The integration with its new key',
      body: IntegrationWithKey,
      example: WITH_KEY,
    },
    problems: { 404: ['integration.not_found'], 503: ['store.contended'] },
  },
});
