import { randomInt, randomUUID } from 'node:crypto';
import { newSecret, sha256 } from '../../../shared/kernel/ids.ts';
import { PRESETS, type PresetName } from '../generic/presets.ts';

/*
 * A key has the format that the clients of its vendor demand. Each has at least 122 bits of chance, so it cannot be guessed, and
 * the table finds it by its SHA-256 alone.
 */

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const alphanumeric = (chars: number): string =>
  Array.from({ length: chars }, () => ALPHANUMERIC[randomInt(ALPHANUMERIC.length)]).join('');

/** As long as a machine key, because the paths of webhooks take both. */
const inPath = {
  make: () => `tsi_${newSecret(52).slice(0, 69)}`,
  form: /^tsi_[\w-]{69}$/,
};

interface KeyFormat {
  readonly make: () => string;
  readonly form: RegExp;
}

/** The formats of keys, by the type of the integration. */
export const KEY_FORMATS = {
  alertmanager: inPath,
  webhook: inPath,
  ...(Object.fromEntries(Object.keys(PRESETS).map((name) => [name, inPath])) as Record<PresetName, KeyFormat>),
  /** PagerDuty's integration key: clients refuse any other length. */
  pagerduty: { make: () => alphanumeric(32), form: /^[A-Za-z0-9]{32}$/ },
  /** Opsgenie's GenieKey. */
  opsgenie: {
    make: () => randomUUID(),
    form: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  },
} as const satisfies Readonly<Record<string, KeyFormat>>;

export type IntegrationType = keyof typeof KEY_FORMATS;

export const INTEGRATION_TYPES = Object.keys(KEY_FORMATS) as [IntegrationType, ...IntegrationType[]];

/** True for types whose key may stand in the path of a webhook. */
export const isInPath = (type: IntegrationType): boolean => (KEY_FORMATS[type] as KeyFormat) === inPath;

export const newKey = (type: IntegrationType): string => KEY_FORMATS[type].make();

/** True for a text that a key of some integration could be. Proves nothing. */
export const isKeyShaped = (text: string): boolean =>
  Object.values<KeyFormat>(KEY_FORMATS).some(({ form }) => form.test(text));

/** What the table stores of a key, and finds it by. */
export const hashOf = (key: string): string => sha256('integration-key', key);

/** What people see of a key, by which they tell two apart. */
export const hintOf = (key: string): string => `…${key.slice(-4)}`;
