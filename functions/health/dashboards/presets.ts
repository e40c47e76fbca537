import { PRESETS, type Preset } from '../rules/presets.ts';
import { Dashboard, type DashboardPreset } from './dashboard.ts';

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

/** CPU, memory and disk against the default limits of the configuration. */
const RESOURCES: readonly Given[] = [
  metric('cpu', 'CPU', 'system.cpu_percent', { width: 4, lines: limits(80, 95), trend: true }),
  metric('memory', 'Memory', 'system.memory_percent', { width: 4, lines: limits(80, 95), trend: true }),
  metric('disk', 'Disk', 'system.disk_percent', { width: 4, lines: limits(80, 95), trend: true }),
];

/** The same for engines, of which the preset alerts at 90 % of the CPU and 85 % of the memory. */
const ENGINE_RESOURCES: readonly Given[] = [
  metric('cpu', 'CPU', 'system.cpu_percent', { lines: [{ value: 90, label: 'high', severity: 'warning' }] }),
  metric('memory', 'Memory', 'system.memory_percent', { lines: [{ value: 85, label: 'high', severity: 'warning' }] }),
];

function limits(warning: number, critical: number): readonly Given[] {
  return [
    { value: warning, label: 'warning', severity: 'warning' },
    { value: critical, label: 'critical', severity: 'critical' },
  ];
}

const sla = (value: number, label: string): Given => ({ value, label, severity: 'warning' });

/** What the dashboards of all engines have: the time of a response against the SLA, resources, and past alerts of the preset. */
const engineTab = (id: string, title: string, engine: string, own: readonly Given[]): Given => ({
  id,
  title,
  panels: [
    ...own,
    metric('response-time', 'Response time', 'engine.response_time', {
      aggregation: 'p95',
      dimensions: { engine },
      lines: [sla(100, 'SLA')],
      trend: true,
    }),
    metric('up', 'Up', 'engine.up', { aggregation: 'last', dimensions: { engine }, show: 'number', width: 6 }),
    ...ENGINE_RESOURCES,
    alerts('history', 'Alert history', 'history', { width: 12, labels: { preset: 'revoagent' } }),
  ],
});

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
        metric('throughput', 'Throughput', 'http.requests', { aggregation: 'rate', show: 'area', trend: true }),
        state('incidents', 'Open incidents', 'incidents'),
        state('on-call', 'On call now', 'onCall'),
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
              trend: true,
            }),
            metric('requests', 'Requests', 'agent.requests', { aggregation: 'rate', show: 'area', trend: true }),
            metric('errors', 'Failed requests', 'agent.errors', {
              aggregation: 'rate',
              per: 'agent.requests',
              show: 'bar',
              lines: [{ value: 5, label: 'limit', severity: 'error' }],
              trend: true,
            }),
            alerts('recent', 'Alerts', 'list', { width: 12, labels: { preset: 'lrs-agents' } }),
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
              lines: limits(1_000, 5_000),
              trend: true,
            }),
            metric('requests', 'Requests', 'http.requests', { aggregation: 'rate', show: 'area', trend: true }),
          ],
        },
        {
          id: 'alerts',
          title: 'Alerts',
          panels: [
            alerts('counts', 'By severity', 'counts', { width: 12 }),
            alerts('list', 'Open alerts', 'list', { width: 6 }),
            alerts('history', 'Alerts of the day', 'history', { width: 6 }),
          ],
        },
        {
          id: 'incidents',
          title: 'Incidents',
          panels: [
            state('open', 'Open incidents', 'incidents', { width: 8 }),
            state('on-call', 'On call now', 'onCall', { width: 4 }),
            alerts('critical', 'Critical alerts of the week', 'history', {
              width: 12,
              severities: ['critical'],
              minutes: 10_080,
            }),
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
          panels: [
            state('settings', 'Settings in force', 'settings', { width: 6 }),
            state('monitors', 'Monitors', 'monitors', { width: 6 }),
          ],
        },
      ],
    },
  ],
  revoagent: [
    {
      id: 'revoagent',
      title: 'Engines',
      tabs: [
        engineTab('perfect-recall', 'Perfect recall', 'perfect_recall', [
          metric('retrieval', 'Retrieval time', 'perfect_recall.retrieval_time', {
            aggregation: 'p95',
            width: 12,
            lines: [sla(100, 'SLA')],
            trend: true,
          }),
        ]),
        engineTab('parallel-mind', 'Parallel mind', 'parallel_mind', [
          metric('queue', 'Queue', 'parallel_mind.queue_size', {
            aggregation: 'last',
            show: 'area',
            lines: [sla(50, 'limit')],
          }),
          metric('workers', 'Workers', 'parallel_mind.workers', { aggregation: 'last', lines: [sla(8, 'least')] }),
        ]),
        engineTab('creative-engine', 'Creative engine', 'creative_engine', [
          metric('innovation', 'Innovation score', 'creative_engine.innovation_score', {
            aggregation: 'p50',
            width: 12,
            lines: [sla(0.6, 'least')],
            trend: true,
          }),
        ]),
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

/** Every preset with its dashboards. */
export const listDashboardPresets = (): { items: DashboardPreset[] } => ({
  items: PRESETS.map((preset) => ({ preset, items: dashboardsOf(preset) })),
});
