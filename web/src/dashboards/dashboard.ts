import { hashKey, useQuery } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { Refusal } from '../api/refusal.ts';
import { hourWords } from '../shell/times.ts';

export type Dashboard = Schemas['Dashboard'];
export type Tab = Dashboard['tabs'][number];
export type Panel = Tab['panels'][number];
export type PanelOf<K extends Panel['kind']> = Extract<Panel, { kind: K }>;
type Dashboards = Schemas['Dashboards'];

export const DASHBOARDS = ['dashboards'];
export const EVERY_MS = 30_000;

/** All dashboards with their version. Those that change are read again when the window is looked at. */
export const useDashboards = () =>
  useQuery({
    queryKey: [...DASHBOARDS, 'all'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/monitoring/dashboards', { signal })),
    refetchInterval: EVERY_MS,
  });

/** The address of the dashboard of CloudWatch, for those who may see what Tocsin runs on; null where the stage has none. */
export const useCloudWatchDashboard = () =>
  useQuery({
    queryKey: [...DASHBOARDS, 'cloudwatch'],
    queryFn: async ({ signal }) => {
      const { account } = await bodyOf(api.GET('/api/monitoring/health', { signal }));
      return account?.cloudWatchDashboard ?? null;
    },
    staleTime: Infinity,
  });

/** What presets bring, to begin with one of them. */
export const useDashboardPresets = () =>
  useQuery({
    queryKey: [...DASHBOARDS, 'presets'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/monitoring/dashboards/presets', { signal })),
    staleTime: Infinity,
  });

const MOST_TRIES = 5;

/**
 * Changes the list of dashboards as it is now, and again where somebody else saved at the same moment: the change of one dashboard does
 * not stand in the way of another one. `change` refuses by throwing.
 */
export const changeDashboards = async (change: (present: Dashboards) => readonly Dashboard[]): Promise<Dashboards> => {
  for (let tries = 1; ; tries++) {
    const present = await bodyOf(api.GET('/api/monitoring/dashboards', {}));
    const items = [...change(present)];
    try {
      return await bodyOf(api.PUT('/api/monitoring/dashboards', { body: { version: present.version, items } }));
    } catch (error) {
      const isOvertaken = error instanceof Refusal && error.code === 'dashboards.changed';
      if (!isOvertaken || tries === MOST_TRIES) throw error;
    }
  }
};

/** True for two dashboards that say the same, in whatever order the store answers their fields. */
export const isSame = (one: Dashboard | undefined, other: Dashboard | undefined): boolean =>
  hashKey([one]) === hashKey([other]);

/** What a save says where somebody else changed the same dashboard. */
export const overtaken = ({ changedBy, changedAt }: Dashboards, isThere: boolean): Refusal =>
  new Refusal(
    409,
    {
      code: 'dashboards.changed',
      detail: `${changedBy?.name ?? 'Somebody'} ${isThere ? 'changed' : 'deleted'} this dashboard${
        changedAt === null ? '' : ` at ${hourWords(changedAt)}`
      }, after you had opened it. What you changed is still here.`,
    },
    null,
  );

/** Ranges of a dashboard. Without one, each panel has its own. */
export const RANGES = [
  { value: '', label: 'As each panel says' },
  { value: '60', label: 'Last hour' },
  { value: '360', label: 'Last 6 hours' },
  { value: '1440', label: 'Last 24 hours' },
  { value: '10080', label: 'Last 7 days' },
  { value: '43200', label: 'Last 30 days' },
  { value: '129600', label: 'Last 90 days' },
];

const LONGEST = 64;

/** An id out of a name, which none of the others has. */
export const freeId = (name: string, taken: readonly string[], usual: string): string => {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST - 5)
    .replace(/^-+|-+$/g, '');
  const wanted = slug || usual;
  for (let number = 1; ; number++) {
    const id = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.includes(id)) return id;
  }
};

/** The list with one of it moved by a place. */
export const moved = <T>(list: readonly T[], from: number, by: number): T[] => {
  const to = Math.min(Math.max(from + by, 0), list.length - 1);
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
};

export const aPanel = (kind: Panel['kind']): Panel => {
  const common = { id: '', title: '', width: 6 };
  switch (kind) {
    case 'metric':
      return {
        ...common,
        kind,
        metric: '',
        aggregation: 'avg',
        dimensions: {},
        groupBy: [],
        per: null,
        minutes: 60,
        show: 'line',
        lines: [],
        trend: false,
      };
    case 'state':
      return { ...common, kind, of: 'health', service: null };
    case 'alerts':
      return { ...common, kind, show: 'list', severities: [], service: null, labels: {}, minutes: 1_440 };
    case 'text':
      return { ...common, kind, text: '' };
  }
};

export const STATES = [
  { value: 'health', label: 'Overall health' },
  { value: 'services', label: 'Services' },
  { value: 'monitors', label: 'Monitors' },
  { value: 'incidents', label: 'Open incidents' },
  { value: 'onCall', label: 'On call now' },
  { value: 'budgets', label: 'Error budgets that burn' },
  { value: 'sla', label: 'Service levels of the month' },
  { value: 'settings', label: 'Settings in force' },
  { value: 'security', label: 'Security' },
] as const satisfies readonly { readonly value: PanelOf<'state'>['of']; readonly label: string }[];

/** What a panel is called where nobody gave it a title. */
export const usualTitle = (panel: Panel): string => {
  switch (panel.kind) {
    case 'metric':
      return panel.metric;
    case 'state':
      return STATES.find(({ value }) => value === panel.of)?.label ?? panel.of;
    case 'alerts':
      return { counts: 'Alerts by severity', list: 'Unresolved alerts', history: 'Alert history' }[panel.show];
    case 'text':
      return 'Note';
  }
};
