import * as z from 'zod/mini';
import { defineRoutes } from '../../../shared/http/route.ts';
import { DashboardPreset, Dashboards, SaveDashboards } from './dashboard.ts';

const DASHBOARD = {
  id: 'engines',
  title: 'Engines',
  preset: null,
  tabs: [
    {
      id: 'recall',
      title: 'Perfect recall',
      panels: [
        {
          id: 'retrieval',
          title: 'Retrieval time',
          width: 8,
          kind: 'metric',
          metric: 'perfect_recall.retrieval_time',
          aggregation: 'p95',
          dimensions: {},
          groupBy: ['engine'],
          per: null,
          minutes: 60,
          show: 'line',
          lines: [{ value: 100, label: 'SLA', severity: 'warning' }],
          trend: true,
        },
        {
          id: 'alerts',
          title: 'Alerts',
          width: 4,
          kind: 'alerts',
          show: 'list',
          severities: ['critical'],
          service: null,
          labels: {},
          minutes: 1_440,
        },
      ],
    },
  ],
} as const;

const DASHBOARDS = {
  version: 1,
  items: [DASHBOARD],
  changedAt: '2026-11-21T03:00:00.000Z',
  changedBy: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
};

export const routes = defineRoutes({
  getDashboards: {
    method: 'GET',
    path: '/api/monitoring/dashboards',
    summary: 'Get all dashboards: tabs of panels with metrics, states, alerts and texts',
    description: 'Version 0 is what a new installation shows. A preset that is installed adds its own dashboards.',
    permission: 'monitoring.read',
    success: { status: 200, description: 'The dashboards', body: Dashboards, example: DASHBOARDS },
  },
  listDashboardPresets: {
    method: 'GET',
    path: '/api/monitoring/dashboards/presets',
    summary: 'List the dashboards that presets bring, to begin with one of them',
    permission: 'monitoring.read',
    success: {
      status: 200,
      description: 'Each preset with its dashboards',
      body: z.object({ items: z.array(DashboardPreset) }),
      example: { items: [{ preset: 'revoagent', items: [DASHBOARD] }] },
    },
  },
  saveDashboards: {
    method: 'PUT',
    path: '/api/monitoring/dashboards',
    summary: 'Replace all dashboards',
    description: 'Send all of them with the version that you read, 0 where nobody has saved any.',
    permission: 'monitoring.config.update',
    body: SaveDashboards,
    example: { version: 0, items: [DASHBOARD] },
    success: { status: 200, description: 'The dashboards', body: Dashboards, example: DASHBOARDS },
    problems: { 409: ['dashboards.changed'] },
  },
});
