import type { Clock } from '../../../shared/kernel/clock.ts';
import { MAX_KEPT_BYTES, SHOWN_CHARS, type StoredRejected } from './rejected.ts';
import type { RejectedStore } from './store.ts';

/** A message with rejected events. */
export interface RejectedMessage {
  readonly reason: string;
  readonly text: string;
  /** Is cut out of what is stored. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: number;
  readonly accepted: readonly number[];
}

export type KeepRejected = (integration: string, message: RejectedMessage) => Promise<void>;

/** Each container stores so many of an integration in a minute: a sender whose every message is wrong costs no write for each. */
const MOST_IN_A_MINUTE = 100;
const MINUTE_MS = 60_000;
const MAX_REASON_CHARS = 1_000;
const MAX_HEADER_CHARS = 1_000;

/** Stores rejected messages for people who mend the mapping and replay them. Rejects while the table refuses. */
export const rejectedKeeper = ({
  clock,
  add,
}: { readonly clock: Clock } & Pick<RejectedStore, 'add'>): KeepRejected => {
  const windows = new Map<string, { readonly minute: number; count: number }>();
  const mayKeep = (integration: string, at: Date): boolean => {
    const minute = Math.floor(at.getTime() / MINUTE_MS);
    const known = windows.get(integration);
    const window = known?.minute === minute ? known : { minute, count: 0 };
    windows.set(integration, window);
    window.count += 1;
    return window.count <= MOST_IN_A_MINUTE;
  };

  return async (integration, { reason, text, key, headers, events, accepted }) => {
    const at = clock.now();
    if (!mayKeep(integration, at)) return;
    const hidden = (value: string): string => (key === '' ? value : value.replaceAll(key, '…'));
    const body = hidden(text).toWellFormed();
    const isWhole = Buffer.byteLength(body) <= MAX_KEPT_BYTES;
    const kept: Omit<StoredRejected, 'number'> = {
      at: at.toISOString(),
      reason: hidden(reason).slice(0, MAX_REASON_CHARS).toWellFormed(),
      body: isWhole ? body : body.slice(0, SHOWN_CHARS).toWellFormed(),
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, hidden(value).slice(0, MAX_HEADER_CHARS).toWellFormed()]),
      ),
      isWhole,
      events,
      accepted,
      state: 'rejected',
    };
    await add(integration, kept);
  };
};
