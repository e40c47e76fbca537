import * as z from 'zod/mini';
import { perChannel } from '../../../shared/channels/channel.ts';
import { StoredNumber } from '../../../shared/kernel/stored-number.ts';

const Percent = StoredNumber.check(z.gt(0), z.lte(100));
const Milliseconds = z.int().check(z.gt(0), z.lte(3_600_000));
const Days = z.int().check(z.gt(0), z.lte(3_650));

/** A limit at which something is worth a warning, and a higher one at which it is critical. */
const rising = z.refine<{ warning: number; critical: number }>(({ warning, critical }) => warning < critical, {
  path: ['critical'],
  error: 'must be above warning',
});
const Percents = z.strictObject({ warning: Percent, critical: Percent }).check(rising);
const Times = z.strictObject({ warning: Milliseconds, critical: Milliseconds }).check(rising);

/** What one service is held to; the general targets hold where it says nothing. */
const Objective = z.strictObject({
  service: z.string().check(z.trim(), z.minLength(1), z.maxLength(128)),
  uptimePercent: z.optional(Percent),
  responseTimeMs: z.optional(Milliseconds),
  /** Down with the first of its monitors, or only with all of them. */
  downWhen: z._default(z.enum(['any', 'all']), 'any'),
  /** Whether alerts are raised when its error budget burns too fast. */
  burnRateAlerts: z._default(z.boolean(), true),
});
export type Objective = z.infer<typeof Objective>;

const Objectives = z.array(Objective).check(
  z.maxLength(500),
  z.refine((all) => new Set(all.map(({ service }) => service)).size === all.length, 'must name each service only once'),
);

const Channels = z.strictObject(perChannel(() => z.boolean()));

/** How people and programs are notified. */
const Notifications = z.strictObject({
  /**
   * The channels that pages and notices may use. A page whose channels are all off is skipped in the ledger, and the next step
   * is reached.
   */
  channels: Channels,
  /** How many pages a person gets one by one within a window. Further pages are sent as a digest when it ends. */
  digest: z.strictObject({
    atOnce: z.int().check(z.gte(1), z.lte(20)),
    windowSeconds: z.int().check(z.gte(5), z.lte(300)),
  }),
  /** Whether people are notified when their shift starts, and when it ends. */
  shiftNotices: z.strictObject({ begins: z.boolean(), ends: z.boolean() }),
});
export type Notifications = z.infer<typeof Notifications>;

const DEFAULT_NOTIFICATIONS: Notifications = {
  channels: perChannel(() => true),
  digest: { atOnce: 3, windowSeconds: 30 },
  shiftNotices: { begins: true, ends: true },
};

/** What an installation may set: thresholds, targets, retention and notification settings. */
export const Settings = z
  .strictObject({
    thresholds: z.strictObject({
      cpuPercent: Percents,
      memoryPercent: Percents,
      diskPercent: Percents,
      responseTimeMs: Times,
      errorRatePercent: z.strictObject({ error: Percent }),
      precisionDropPercent: z.strictObject({ critical: Percent }),
    }),
    targets: z.strictObject({ uptimePercent: Percent, responseTimeMs: Milliseconds }),
    objectives: z._default(Objectives, []),
    retention: z.strictObject({ minuteDays: Days, hourDays: Days, dayDays: Days }),
    notifications: z._default(Notifications, DEFAULT_NOTIFICATIONS),
  })
  .register(z.globalRegistry, { id: 'MonitoringSettings' });
export type Settings = z.infer<typeof Settings>;

/** The settings of a new installation: the figures that the reference systems promise. */
export const DEFAULT_SETTINGS: Settings = {
  thresholds: {
    cpuPercent: { warning: 80, critical: 95 },
    memoryPercent: { warning: 80, critical: 95 },
    diskPercent: { warning: 80, critical: 95 },
    responseTimeMs: { warning: 1_000, critical: 5_000 },
    errorRatePercent: { error: 5 },
    precisionDropPercent: { critical: 20 },
  },
  targets: { uptimePercent: 99.99, responseTimeMs: 1_000 },
  objectives: [],
  retention: { minuteDays: 15, hourDays: 90, dayDays: 730 },
  notifications: DEFAULT_NOTIFICATIONS,
};

type Group = Readonly<Record<string, unknown>>;
const isGroup = (value: unknown): value is Group =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const filled = (defaults: Group, stored: Group): Group =>
  Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => {
      const own = stored[name] ?? value;
      return [name, isGroup(value) && isGroup(own) && Object.keys(value).length > 0 ? filled(value, own) : own];
    }),
  );

/**
 * Settings as they were once stored, in the shape of today: what has been added since is at its default, what has been
 * dropped is left out. A group that is empty by default is taken as it was stored.
 */
export const completed = (stored: Settings): Settings => filled(DEFAULT_SETTINGS, stored) as Settings;
