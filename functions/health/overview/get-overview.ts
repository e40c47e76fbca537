import { logger } from '../../../shared/aws/observe.ts';
import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { permits, type Permission } from '../../../shared/kernel/permission.ts';
import type { OpenAlerts } from '../../alerts/port.ts';
import { lastRead } from '../last-read.ts';
import { answer } from '../metrics/query.ts';
import type { MetricReader } from '../metrics/reader.ts';
import { getSla, type GetSlaDeps } from '../sla/get-sla.ts';
import type { Dashboard } from './get-health.ts';
import {
  PARTS,
  SHOWN,
  type MonthlyLevel,
  type OnCallNow,
  type OpenIncident,
  type OverviewSeries,
  type Part,
} from './parts.ts';

const MINUTES = 60;
const MINUTE_MS = 60_000;
const MOST_INCIDENTS = 20;
const MOST_SERVICES = 50;

/** So old may the parts be that are the same for everybody. */
const ALERTS_FRESH_MS = 5_000;
const SERIES_FRESH_MS = 15_000;
const SLA_FRESH_MS = 60_000;

export interface OverviewDeps extends GetSlaDeps {
  readonly clock: Clock;
  readonly dashboard: () => Promise<Dashboard>;
  readonly openAlerts: () => Promise<OpenAlerts>;
  readonly reader: Pick<MetricReader, 'measured' | 'recent'>;
  readonly openIncidents: (caller: Caller, atMost: number) => Promise<OpenIncident[]>;
  readonly onCallNow: () => Promise<readonly OnCallNow[]>;
}

const seriesNow = async ({ reader, clock }: Pick<OverviewDeps, 'reader' | 'clock'>): Promise<OverviewSeries[]> => {
  const measured = await reader.recent(MINUTES);
  const to = clock.now();
  const from = new Date(to.getTime() - MINUTES * MINUTE_MS);
  const sent = new Set(measured.map(({ name }) => name));
  return SHOWN.map(([key, unit, aggregation, names]) => {
    const metric = names.find((name) => sent.has(name)) ?? null;
    const [series] = metric === null ? [] : answer(measured, { name: metric, from, to, stepSeconds: 60, aggregation });
    const points = series?.points ?? [];
    return { key, metric, unit: series?.unit || unit, latest: points.at(-1)?.value ?? null, points };
  });
};

/** The dashboard, with the alerts as they are now instead of at the last minute. Where they cannot be counted now, the last count stays. */
const healthNow = async (
  { dashboard }: Pick<OverviewDeps, 'dashboard'>,
  openAlerts: OverviewDeps['openAlerts'],
): Promise<Dashboard> => {
  const [health, alerts] = await Promise.all([dashboard(), openAlerts().catch(() => undefined)]);
  return { ...health, alerts: alerts ?? health.alerts };
};

const monthNow = async (deps: OverviewDeps): Promise<MonthlyLevel[]> => {
  const query = {
    period: 'month',
    periods: 1,
    timeZone: 'UTC',
    maintenance: 'excluded',
    limit: MOST_SERVICES,
  } as const;
  const { items } = await getSla(deps, query);
  return items.map(({ service, uptimePercent, target, met, errorBudget }) => ({
    service,
    uptimePercent,
    targetPercent: target.uptimePercent,
    met,
    remainingBudgetSeconds: errorBudget.remainingSeconds,
  }));
};

/**
 * All that the first page of a console shows, in one call of bounded reads. A part that cannot be read, or that the caller may not see, is
 * null and named, and keeps no other from being shown. Open alerts are counted at most five seconds ago, series a quarter of a minute, and
 * monitors and service levels a minute.
 */
export const overviewReader = (deps: OverviewDeps) => {
  const { clock } = deps;
  const openAlerts = lastRead({ clock, freshMs: ALERTS_FRESH_MS, read: deps.openAlerts });
  const series = lastRead({ clock, freshMs: SERIES_FRESH_MS, read: () => seriesNow(deps) });
  const month = lastRead({ clock, freshMs: SLA_FRESH_MS, read: () => monthNow(deps) });

  return async ({ caller }: Pick<Request, 'caller'>) => {
    const notKnown: Part[] = [];
    const withheld: Part[] = [];
    const part = async <T>(name: Part, read: () => Promise<T>): Promise<T | null> => {
      const needed: Permission | undefined = PARTS[name];
      if (needed !== undefined && !permits(caller.permissions, needed)) {
        withheld.push(name);
        return null;
      }
      try {
        return await read();
      } catch (error) {
        logger.warn('a part of the overview cannot be read', { part: name, error: error as Error });
        notKnown.push(name);
        return null;
      }
    };
    const [health, shown, sla, incidents, onCall] = await Promise.all([
      part('health', () => healthNow(deps, openAlerts)),
      part('series', series),
      part('sla', month),
      part('incidents', () => deps.openIncidents(caller, MOST_INCIDENTS + 1)),
      part('onCall', () => deps.onCallNow()),
    ]);
    return {
      at: clock.now().toISOString(),
      health,
      series: shown,
      sla,
      incidents: incidents && { items: incidents.slice(0, MOST_INCIDENTS), more: incidents.length > MOST_INCIDENTS },
      onCall,
      notKnown: notKnown.sort(),
      withheld: withheld.sort(),
    };
  };
};
