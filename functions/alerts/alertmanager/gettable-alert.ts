import * as z from 'zod/mini';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { StoredAlert } from '../alert.ts';
import { labelsOf, silencesOf, type Silence } from '../silences/silence.ts';

/** Alertmanager has names for its receivers; here there is one, the topic. */
export const RECEIVER = { name: 'tocsin' } as const;

const Labels = z.record(z.string(), z.string());
export const Receiver = z.object({ name: z.string() }).register(z.globalRegistry, { id: 'Receiver' });

/** An alert as Alertmanager's API v2 shows it. */
export const GettableAlert = z
  .object({
    labels: Labels,
    annotations: Labels,
    startsAt: z.string(),
    endsAt: z.string(),
    updatedAt: z.string(),
    fingerprint: z.string(),
    generatorURL: z.string(),
    receivers: z.array(Receiver),
    status: z.object({
      state: z.enum(['unprocessed', 'active', 'suppressed']),
      silencedBy: z.array(z.string()),
      inhibitedBy: z.array(z.string()),
      mutedBy: z.array(z.string()),
    }),
  })
  .register(z.globalRegistry, { id: 'GettableAlert' });
export type GettableAlert = z.infer<typeof GettableAlert>;

/** Alertmanager gives an alert without an end this much longer. */
const UNENDING_MS = 5 * 60_000;

/** The name of an alert in Alertmanager's API. */
const fingerprintOf = ({ source, dedupKey }: StoredAlert): string =>
  /^[0-9a-f]{16}$/.test(dedupKey) ? dedupKey : sha256(source, dedupKey).slice(0, 16);

/** The title is the label `alertname` where the source gave none, and the annotation `summary`. */
export const gettableAlert = (
  alert: StoredAlert,
  silences: readonly Silence[],
  now: Date,
  inhibiting: readonly StoredAlert[] = [],
): GettableAlert => {
  const silencedBy = silencesOf(alert, silences, now).map(({ id }) => id);
  const { description, annotations, title, firstSeenAt, lastSeenAt, expiresAt } = alert;
  const { startsAt, generatorURL = '', ...others } = annotations;
  const begunAt = instantIn(startsAt);
  return {
    labels: labelsOf(alert),
    annotations: {
      summary: title,
      ...(description && { description }),
      ...others,
      ...(startsAt && !begunAt && { startsAt }),
    },
    startsAt: begunAt ?? firstSeenAt,
    endsAt: expiresAt ?? new Date(now.getTime() + UNENDING_MS).toISOString(),
    updatedAt: lastSeenAt,
    fingerprint: fingerprintOf(alert),
    generatorURL,
    receivers: [RECEIVER],
    status: {
      state: silencedBy.length + inhibiting.length > 0 ? 'suppressed' : 'active',
      silencedBy,
      inhibitedBy: [...new Set(inhibiting.map(fingerprintOf))],
      mutedBy: [],
    },
  };
};

/** The start that the source gave in an annotation. RFC 3339 UTC; undefined for any other text. */
const instantIn = (text: string | undefined): string | undefined => {
  const at = z.iso.datetime({ offset: true }).safeParse(text).success ? new Date(text ?? '') : new Date(NaN);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
};
