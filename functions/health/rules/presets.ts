import type { Settings } from '../config/settings.ts';
import { CreateRule } from './rule.ts';

/** Rules that come with the product, by the system that they are for. Thresholds that are configured come from there. */
export const PRESETS = ['lrs-agents', 'model-bridge', 'revoagent'] as const;
export type Preset = (typeof PRESETS)[number];

const threshold = (metric: string, operator: string, value: number, more: object = {}) => ({
  type: 'threshold',
  metric,
  operator,
  value,
  ...more,
});

const definitions: Readonly<Record<Preset, (settings: Settings) => readonly object[]>> = {
  'lrs-agents': ({ thresholds: { precisionDropPercent, errorRatePercent, responseTimeMs } }) => [
    {
      name: 'AgentPrecisionDrop',
      description: 'The precision of an agent over five minutes has fallen against the hour before.',
      severity: 'critical',
      groupBy: ['agent'],
      condition: {
        type: 'change',
        metric: 'agent.precision',
        windowSeconds: 300,
        baselineSeconds: 3_600,
        direction: 'down',
        percent: precisionDropPercent.critical,
      },
    },
    {
      name: 'AgentErrorRate',
      description: 'More of the requests fail than may.',
      severity: 'error',
      condition: {
        type: 'ratio',
        numerator: { metric: 'agent.errors' },
        denominator: { metric: 'agent.requests' },
        windowSeconds: 300,
        operator: '>',
        percent: errorRatePercent.error,
      },
    },
    {
      name: 'AgentSlowResponse',
      description: 'Responses take long.',
      severity: 'warning',
      condition: threshold('agent.response_time', '>', responseTimeMs.critical, { windowSeconds: 300 }),
    },
  ],
  'model-bridge': ({ thresholds: { cpuPercent, memoryPercent, responseTimeMs } }) =>
    (
      [
        ['Cpu', 'system.cpu_percent', cpuPercent],
        ['Memory', 'system.memory_percent', memoryPercent],
        ['ResponseTime', 'http.response_time', responseTimeMs],
      ] as const
    ).flatMap(([what, metric, limits]) =>
      (['warning', 'critical'] as const).map((severity) => ({
        name: `${what}${severity === 'warning' ? 'High' : 'Critical'}`,
        description: `${metric} is at ${limits[severity]} or above.`,
        severity,
        condition: threshold(metric, '>=', limits[severity]),
      })),
    ),
  revoagent: () => [
    {
      name: 'PerfectRecallSlowRetrieval',
      description: 'Retrieval takes over 100 ms for two minutes.',
      severity: 'warning',
      forSeconds: 120,
      condition: threshold('perfect_recall.retrieval_time', '>', 100),
    },
    {
      name: 'ParallelMindWorkerStarvation',
      description: 'Over 50 tasks wait and fewer than eight workers are there.',
      severity: 'critical',
      condition: {
        type: 'all',
        conditions: [
          threshold('parallel_mind.queue_size', '>', 50, { aggregation: 'last', windowSeconds: 120 }),
          threshold('parallel_mind.workers', '<', 8, { aggregation: 'last', windowSeconds: 120 }),
        ],
      },
    },
    {
      name: 'CreativeEngineInnovationDrop',
      description: 'The median innovation score is under 0.6.',
      severity: 'warning',
      condition: threshold('creative_engine.innovation_score', '<', 0.6, { aggregation: 'p50', windowSeconds: 300 }),
    },
    {
      name: 'EngineHealthCheckFailure',
      description: 'An engine has been down for over 30 seconds.',
      severity: 'critical',
      groupBy: ['engine'],
      forSeconds: 30,
      condition: threshold('engine.up', '<', 1, { aggregation: 'last', windowSeconds: 300 }),
    },
    {
      name: 'HighResourceUsage',
      description: 'CPU is over 90 % or memory over 85 %.',
      severity: 'warning',
      condition: {
        type: 'any',
        conditions: [threshold('system.cpu_percent', '>', 90), threshold('system.memory_percent', '>', 85)],
      },
    },
  ],
};

/** The rules of a preset, as somebody would have sent them. */
export const rulesOf = (preset: Preset, settings: Settings): readonly CreateRule[] =>
  definitions[preset](settings).map((rule) => CreateRule.parse({ ...rule, service: preset, labels: { preset } }));
