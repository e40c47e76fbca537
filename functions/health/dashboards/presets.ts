import type { Preset } from '../rules/presets.ts';
import { Dashboard } from './dashboard.ts';

type Given = Readonly<Record<string, unknown>>;

const metric = (id: string, title: string, name: string, more: Given = {}): Given => ({
  id,
  title,
  kind: 'metric',
  metric: name,
  ...more,
});
const state = (id: string, title: string, of: string, more: Given = {}): Given => ({
  id,
  title,
  kind: 'state',
  of,
  ...more,
});
const alerts = (id: string, title: string, show: string, more: Given = {}): Given => ({
  id,
  title,
  kind: 'alerts',
  show,
  ...more,
});

/** CPU, memory and disk, with the limits of the configuration in force where they are defaults. */
const RESOURCES: readonly Given[] = [
  metric('cpu', 'CPU', 'system.cpu_percent', { width: 4, lines: limits(80, 95) }),
  metric('memory', 'Memory', 'system.memory_percent', { width: 4, lines: limits(80, 95) }),
  metric('disk', 'Disk', 'system.disk_percent', { width: 4, lines: limits(80, 95) }),
];

function limits(warning: number, critical: number): readonly Given[] {
  return [
    { value: warning, label: 'warning', severity: 'warning' },
    { value: critical, label: 'critical', severity: 'critical' },
  ];
}

const sla = (value: number, label: string): Given => ({ value, label, severity: 'warning' });

/** The dashboard of a new installation: health, alerts, performance and service levels. */
const GENERAL: Given = {
  id: 'overview',
  title: 'Overview',
  tabs: [
    {
      id: 'now',
      title: 'Now',
      panels: [
        state('health', 'Health', 'health', { width: 4 }),
        alerts('open', 'Open alerts by severity', 'counts', { width: 8 }),
        ...RESOURCES,
        metric('response-time', 'Response time', 'monitor.response_time', {
          aggregation: 'p95',
          lines: [sla(1_000, 'target')],
        }),
        metric('network', 'Network latency', 'network.latency_ms', { aggregation: 'p95' }),
        metric('connections', 'Active connections', 'http.active_connections', { aggregation: 'last' }),
        metric('throughput', 'Throughput', 'http.requests', { aggregation: 'rate', show: 'area' }),
      ],
    },
    {
      id: 'levels',
      title: 'Service levels',
      panels: [
        state('sla', 'SLA of the month', 'sla', { width: 12 }),
        state('budgets', 'Error budgets that burn', 'budgets', { width: 12 }),
      ],
    },
  ],
};

const OF_PRESETS: Readonly<Record<Preset, readonly Given[]>> = {
  'lrs-agents': [
    {
      id: 'lrs-agents',
      title: 'Agents',
      tabs: [
        {
          id: 'health',
          title: 'Health',
          panels: [
            state('health', 'Health', 'health', { width: 4 }),
            alerts('open', 'Open alerts by severity', 'counts', { width: 8 }),
            metric('precision', 'Precision by agent', 'agent.precision', { groupBy: ['agent'], minutes: 360 }),
            metric('response-time', 'Response time', 'agent.response_time', {
              aggregation: 'p95',
              lines: limits(1_000, 5_000),
            }),
            metric('requests', 'Requests', 'agent.requests', { aggregation: 'rate', show: 'area' }),
            metric('errors', 'Errors', 'agent.errors', { aggregation: 'rate', show: 'bar' }),
          ],
        },
        { id: 'performance', title: 'Performance', panels: RESOURCES },
        { id: 'security', title: 'Security', panels: [state('security', 'Security', 'security', { width: 12 })] },
      ],
    },
  ],
  'model-bridge': [
    {
      id: 'model-bridge',
      title: 'Model bridge',
      tabs: [
        {
          id: 'overview',
          title: 'Overview',
          panels: [
            state('health', 'Health', 'health', { width: 4 }),
            state('services', 'Services', 'services', { width: 8 }),
            ...RESOURCES,
            metric('response-time', 'Response time', 'http.response_time', {
              aggregation: 'p95',
              width: 12,
              lines: limits(1_000, 5_000),
            }),
          ],
        },
        {
          id: 'alerts',
          title: 'Alerts',
          panels: [
            alerts('counts', 'By severity', 'counts', { width: 12 }),
            alerts('list', 'Open alerts', 'list', { width: 12 }),
          ],
        },
        {
          id: 'incidents',
          title: 'Incidents',
          panels: [
            alerts('history', 'Alerts that became incidents', 'history', { width: 12, severities: ['critical'] }),
          ],
        },
        {
          id: 'sla',
          title: 'SLA',
          panels: [
            state('sla', 'SLA of the month', 'sla', { width: 12 }),
            state('budgets', 'Error budgets', 'budgets', { width: 12 }),
          ],
        },
        {
          id: 'configuration',
          title: 'Configuration',
          panels: [state('monitors', 'Monitors', 'monitors', { width: 12 })],
        },
      ],
    },
  ],
  revoagent: [
    {
      id: 'revoagent',
      title: 'Engines',
      tabs: [
        {
          id: 'perfect-recall',
          title: 'Perfect recall',
          panels: [
            metric('retrieval', 'Retrieval time', 'perfect_recall.retrieval_time', {
              aggregation: 'p95',
              width: 12,
              lines: [sla(100, 'SLA')],
            }),
            alerts('history', 'Alert history', 'history', { width: 12, labels: { preset: 'revoagent' } }),
          ],
        },
        {
          id: 'parallel-mind',
          title: 'Parallel mind',
          panels: [
            metric('queue', 'Queue', 'parallel_mind.queue_size', {
              aggregation: 'last',
              show: 'area',
              lines: [sla(50, 'limit')],
            }),
            metric('workers', 'Workers', 'parallel_mind.workers', { aggregation: 'last', lines: [sla(8, 'least')] }),
          ],
        },
        {
          id: 'creative-engine',
          title: 'Creative engine',
          panels: [
            metric('innovation', 'Innovation score', 'creative_engine.innovation_score', {
              aggregation: 'p50',
              width: 12,
              lines: [sla(0.6, 'least')],
            }),
          ],
        },
        {
          id: 'resources',
          title: 'Resources',
          panels: [
            metric('engines', 'Engines that are up', 'engine.up', {
              aggregation: 'last',
              groupBy: ['engine'],
              show: 'number',
              width: 12,
            }),
            ...RESOURCES,
          ],
        },
      ],
    },
  ],
};

/** What an installation shows before somebody has saved dashboards. */
export const firstDashboards = (): Dashboard[] => [Dashboard.parse(GENERAL)];

/** The dashboards that come with a preset. */
export const dashboardsOf = (preset: Preset): Dashboard[] =>
  OF_PRESETS[preset].map((given) => Dashboard.parse({ ...given, preset }));
