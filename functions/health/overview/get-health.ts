import type { Bearer } from '../../auth/port.ts';
import type { Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { unauthenticated, unavailable } from '../../../shared/kernel/errors.ts';
import { assertInNetworks } from '../../../shared/kernel/networks.ts';
import { allows } from '../../../shared/kernel/permission.ts';
import { DETAILS, overall, type Broken, type Overall } from './overall.ts';
import type { SmsAccount } from './sms-account.ts';
import type { Look, OverviewStore } from './store.ts';
import type { Counts, Survey } from './survey.ts';

export interface Health {
  readonly status: Overall;
}

/** A service, and how many of its monitors are how. */
export interface Component extends Health {
  readonly service: string | null;
  readonly monitors: Counts | null;
}

/** The answer for callers with the permission. */
export interface HealthInFull extends Health {
  readonly reasons: Broken[];
  readonly counts: { readonly monitors: number; readonly rules: number };
  /** False where more is broken than was read: status and counts are then lower bounds. */
  readonly complete: boolean;
  readonly components: Component[];
  readonly at: string;
}

export interface Dashboard extends HealthInFull {
  /** As of `countedAt`; null before anything was counted. */
  readonly monitors: Counts | null;
  readonly alerts: Survey['alerts'] | null;
  /** Error budgets that burn too fast. */
  readonly burning: Survey['burning'] | null;
  readonly countedAt: string | null;
}

/** The answer lists so many reasons, the worst and oldest first. */
const MAX_REASONS = 99;

/** The answer is at most this old. */
const FRESH_MS = 5_000;

const componentsOf = (broken: readonly Broken[], survey: Survey | undefined): Component[] => {
  const monitors = new Map(survey?.services.map(({ service, monitors: counts }) => [service, counts]));
  const reasons = Map.groupBy(broken, ({ service }) => service);
  return [...new Set([...reasons.keys(), ...monitors.keys()])].map((service) => ({
    service,
    status: overall(reasons.get(service) ?? []).status,
    monitors: monitors.get(service) ?? null,
  }));
};

const dashboardOf = ({ broken, isComplete, survey }: Look, at: number): Dashboard => {
  const { status, reasons } = overall(broken);
  const of = (kind: Broken['kind']): number => reasons.filter((each) => each.kind === kind).length;
  return {
    status,
    reasons: reasons.slice(0, MAX_REASONS),
    counts: { monitors: of('monitor'), rules: of('rule') },
    complete: isComplete,
    components: componentsOf(reasons, survey),
    monitors: survey?.monitors ?? null,
    alerts: survey?.alerts ?? null,
    burning: survey?.burning ?? null,
    countedAt: survey?.at ?? null,
    at: new Date(at).toISOString(),
  };
};

/** All that the overview shows: what is broken just now, and what was counted last; read at most once in five seconds. */
export const dashboardReader = ({
  overview,
  clock,
}: {
  readonly overview: Pick<OverviewStore, 'look'>;
  readonly clock: Clock;
}) => {
  let known: { readonly at: number; readonly dashboard: Dashboard } | undefined;
  return async (): Promise<Dashboard> => {
    const now = clock.now().getTime();
    if (!known || now < known.at || now - known.at > FRESH_MS) {
      known = { at: now, dashboard: dashboardOf(await overview.look(), now) };
    }
    return known.dashboard;
  };
};

/** What callers with the permission get: the details, and what the account allows of text messages. */
export interface HealthAndAccount extends HealthInFull {
  readonly account: { readonly cloudWatchDashboard: string | null; readonly sms: SmsAccount };
}

export interface GetHealthDeps {
  readonly smsAccount: () => Promise<SmsAccount>;
  /** The address of the dashboard of CloudWatch, where the stage has one. */
  readonly cloudWatchDashboard: string | null;
  readonly dashboard: () => Promise<Dashboard>;
  readonly bearerOf: (authorization: string) => Promise<Bearer | undefined>;
}

const known = async (bearerOf: GetHealthDeps['bearerOf'], authorization: string): Promise<Bearer | undefined> => {
  try {
    return await bearerOf(authorization);
  } catch (cause) {
    throw unavailable(
      'store.unavailable',
      'Your token or key cannot be checked right now. Try again in a moment, or ask for the status without one.',
      {
        retryAfterSeconds: 5,
        cause,
      },
    );
  }
};

/**
 * The status for everybody; components, counts and reasons for callers whose token or key has the permission. An invalid token or
 * key is refused, since its sender expects more than the status.
 */
export const getHealth = async (
  { dashboard, smsAccount, cloudWatchDashboard, bearerOf }: GetHealthDeps,
  { authorization, origin }: { readonly authorization?: string | undefined; readonly origin: Pick<Origin, 'ip'> },
): Promise<Health | HealthAndAccount> => {
  const bearer = authorization === undefined ? undefined : await known(bearerOf, authorization);
  if (authorization !== undefined && !bearer) {
    throw unauthenticated(
      'auth.required',
      'The token or key is invalid or expired. Log in again, or ask for the status without one.',
    );
  }
  if (bearer) assertInNetworks(bearer, origin);
  const { status, reasons, counts, complete, components, at } = await dashboard();
  const mayKnow = bearer !== undefined && !bearer.restricted && allows(bearer.permissions, DETAILS);
  if (!mayKnow) return { status };
  const account = { cloudWatchDashboard, sms: await smsAccount() };
  return { status, reasons, counts, complete, components, account, at };
};
