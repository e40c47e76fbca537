import type { Settings } from './use-config.ts';

/** A number among the settings, and how a person calls it. */
export interface NumberField {
  readonly path: readonly string[];
  readonly label: string;
  readonly unit: string;
}

export interface FieldGroup {
  readonly title: string;
  readonly about: string;
  readonly fields: readonly NumberField[];
}

const pair = (name: string, label: string, unit: string): readonly NumberField[] =>
  (['warning', 'critical'] as const).map((degree) => ({
    path: ['thresholds', name, degree],
    label: `${label}, ${degree}`,
    unit,
  }));

/** The settings that are numbers, in the order in which they are shown. */
export const GROUPS: readonly FieldGroup[] = [
  {
    title: 'Thresholds',
    about: 'The presets of rules alert at these values.',
    fields: [
      ...pair('cpuPercent', 'CPU', '%'),
      ...pair('memoryPercent', 'Memory', '%'),
      ...pair('diskPercent', 'Disk', '%'),
      ...pair('responseTimeMs', 'Response time', 'ms'),
      { path: ['thresholds', 'errorRatePercent', 'error'], label: 'Error rate', unit: '%' },
      { path: ['thresholds', 'precisionDropPercent', 'critical'], label: 'Drop of precision', unit: '%' },
    ],
  },
  {
    title: 'Targets',
    about: 'What every service is held to, unless it has a target of its own.',
    fields: [
      { path: ['targets', 'uptimePercent'], label: 'Uptime', unit: '%' },
      { path: ['targets', 'responseTimeMs'], label: 'Response time', unit: 'ms' },
    ],
  },
  {
    title: 'Retention of metrics',
    about: 'How long each resolution is kept.',
    fields: [
      { path: ['retention', 'minuteDays'], label: 'Minutes', unit: 'days' },
      { path: ['retention', 'hourDays'], label: 'Hours', unit: 'days' },
      { path: ['retention', 'dayDays'], label: 'Days', unit: 'days' },
    ],
  },
  {
    title: 'Digests',
    about: 'So many pages arrive one by one within the window. The rest comes in one message when it ends.',
    fields: [
      { path: ['notifications', 'digest', 'atOnce'], label: 'One by one', unit: 'pages' },
      { path: ['notifications', 'digest', 'windowSeconds'], label: 'Window', unit: 'seconds' },
    ],
  },
];

type Node = Readonly<Record<string, unknown>>;

export const valueAt = (settings: Settings, path: readonly string[]): unknown =>
  path.reduce<unknown>((node, name) => (node as Node | undefined)?.[name], settings);

const changedAt = (node: Node, [name = '', ...rest]: readonly string[], value: unknown): Node => ({
  ...node,
  [name]: rest.length === 0 ? value : changedAt(node[name] as Node, rest, value),
});

/** The settings with another value at a path. */
export const withValue = (settings: Settings, path: readonly string[], value: unknown): Settings =>
  changedAt(settings, path, value) as Settings;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

const rebasedNode = (opened: Node, mine: Node, present: Node): Node =>
  Object.fromEntries(
    Object.entries(present).map(([name, value]) => {
      const before = opened[name];
      const after = mine[name];
      if (isNode(before) && isNode(after) && isNode(value)) return [name, rebasedNode(before, after, value)];
      return [name, JSON.stringify(before) === JSON.stringify(after) ? value : after];
    }),
  );

/** What a person changed since the form opened, on top of the present settings. */
export const rebased = (opened: Settings, mine: Settings, present: Settings): Settings =>
  rebasedNode(opened, mine, present) as Settings;

/** `/thresholds/cpuPercent/warning` as the form calls it. */
export const pointerWords = (pointer: string): string => {
  for (const { title, fields } of GROUPS) {
    const field = fields.find(({ path }) => `/${path.join('/')}` === pointer);
    if (field) return `${title}: ${field.label}`;
  }
  return pointer
    .slice(1)
    .split('/')
    .map((name) => name.replace(/([A-Z])/g, ' $1').toLowerCase())
    .join(', ');
};
