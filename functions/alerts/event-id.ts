import { sortableInstant } from '../../shared/kernel/ids.ts';
import type { Accepted, EventReceipt } from './intake/intake.ts';
import type { Raised } from './slot-store.ts';

/*
 * The id of an accepted event says where the event went, so no event is written down besides its alert: when it was accepted, its slot,
 * what it did, the alert where it is known, and the name by which the slot remembers it. The id of a batch has the same of each of its
 * events. An id is no secret and proves nothing: a caller who reads by it needs the permission to read alerts, or the key of the integration.
 */

const FORM = /^evt_([0-9a-z]{10})([0-9a-v]{24})-([a-z]{1,20})-([0-9a-z]{14})?-([\w.]{1,40})?(?:-([orn]))?$/;
const BATCH_FORM = /^evt_([0-9a-z]{10})-batch((?:\.\w{1,30}-[\w-]+)+)$/;
const ALERT_ID = /^alr_([0-9a-z]{14})([0-9a-v]{24})$/;
const NO_SLOT = '0'.repeat(24);
/** The letters of a ULID, in which an instant is written. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/** What the intake knew of an event as it accepted it: it opened an alert, repeated one, or changed nothing. */
const EFFECTS = { o: 'opened', r: 'repeated', n: 'nothing' } as const;
type Mark = keyof typeof EFFECTS;
export type KnownEffect = (typeof EFFECTS)[Mark];

export interface EventId {
  readonly at: Date;
  readonly slot: string;
  /** What it did, in small letters. */
  readonly action: string;
  readonly alertId: string | undefined;
  readonly name: string | undefined;
  /** Undefined where the event was spilled, or changed an alert that it names. */
  readonly effect: KnownEffect | undefined;
}

/** What the intake answers to an event of any kind. */
export type AcceptedAny = Accepted<Raised> | Accepted<{ readonly id: string } | undefined>;

const textOf = ({ at, slot, action, alertId, name, effect }: EventId): string => {
  const head = ALERT_ID.exec(alertId ?? '')?.[1] ?? '';
  const mark = effect ? `-${effect.charAt(0)}` : '';
  return `evt_${sortableInstant(at)}${slot}-${action}-${head}-${name ?? ''}${mark}`;
};

const effectOf = ({ opened, isHeard }: Raised): KnownEffect => {
  if (opened) return 'opened';
  return isHeard ? 'nothing' : 'repeated';
};

/** An accepted event, with what the intake knows of it. */
const knownOf = (action: string, accepted: AcceptedAny): EventId => {
  const { slot, name, at } = accepted.receipt;
  const spilled = { at, slot, action, name, alertId: undefined, effect: undefined };
  if (accepted.kept === 'spilled') return spilled;
  const { result } = accepted;
  if (result === undefined) return { ...spilled, effect: 'nothing' };
  if (!('opened' in result)) return { ...spilled, alertId: result.id };
  return { ...spilled, alertId: result.alert.id, effect: effectOf(result) };
};

/** The id of an event that the intake accepted. */
export const idOfEvent = (action: string, accepted: AcceptedAny): string => textOf(knownOf(action, accepted));

/** The id of a change of an alert by its id; without an alert, of one that changed nothing. `why` is a code that says why it failed. */
export const idOfChange = (action: string, at: Date, alertId?: string, why?: string): string => {
  const [, , slot = NO_SLOT] = ALERT_ID.exec(alertId ?? '') ?? [];
  return textOf({ at, slot, action, alertId, name: why, effect: undefined });
};

/** The id of an event that opened or repeated an alert, as the alert remembers it. */
export const idOfSeen = (effect: 'opened' | 'repeated', at: Date, alertId: string): string => {
  const [, , slot = NO_SLOT] = ALERT_ID.exec(alertId) ?? [];
  return textOf({ at, slot, action: 'trigger', alertId, name: undefined, effect });
};

/** The id of an event that is stored beside the alerts, under a name of its own. */
export const idOfRecord = (action: string, at: Date, name: string): string =>
  textOf({ at, slot: NO_SLOT, action, alertId: undefined, name, effect: undefined });

/** The id of an event whose key had a later report already; it changed nothing. */
export const idOfOvertaken = ({ slot, at }: Pick<EventReceipt, 'slot' | 'at'>): string =>
  textOf({ at, slot, action: 'overtaken', alertId: undefined, name: undefined, effect: 'nothing' });

const msIn = (instant: string): number => [...instant].reduce((sum, letter) => sum * 32 + LETTERS.indexOf(letter), 0);

const instantIn = (text: string): Date | undefined => {
  const ms = msIn(text);
  return Number.isSafeInteger(ms) && ms <= 8.64e15 ? new Date(ms) : undefined;
};

/** Undefined for a text that is no id of a single event. */
export const eventIdIn = (text: string): EventId | undefined => {
  const found = FORM.exec(text);
  const at = found && instantIn(found[1] ?? '');
  if (!found || !at) return undefined;
  const [, , slot = '', action = '', head, name, mark] = found;
  const effect = mark === undefined ? undefined : EFFECTS[mark as Mark];
  return { at, slot, action, alertId: head && `alr_${head}${slot}`, name, effect };
};

/*
 * In the id of a batch the events of one producer follow its name, each in 32 bytes: what it did and its effect (1), the milliseconds
 * after the instant of the batch (3), its number (4), its slot (15) and the head of the id of its alert (9; zero where it is not known).
 */
const ACTIONS = ['trigger', 'resolve', 'acknowledge', 'overtaken'] as const;
const MARKS = [undefined, 'opened', 'repeated', 'nothing'] as const satisfies readonly (KnownEffect | undefined)[];
const RECORD_BYTES = 32;
const MOST_DELAY_MS = 0xffffff;
const HEAD_CHARS = 14;
const SLOT_CHARS = 24;

const bits = (text: string, letters: string): bigint =>
  [...text].reduce((sum, letter) => sum * 32n + BigInt(letters.indexOf(letter)), 0n);
const HEX = { slot: 30, head: 18 } as const;
const SLOT_LETTERS = '0123456789abcdefghijklmnopqrstuv';
const written = (value: bigint, chars: number, letters: string): string =>
  Array.from({ length: chars }, (_, at) => letters[Number((value >> BigInt(5 * (chars - 1 - at))) & 31n)]).join('');

const recordOf = (event: EventId, since: number): Buffer => {
  const [, head = ''] = ALERT_ID.exec(event.alertId ?? '') ?? [];
  const [, number = '0'] = (event.name ?? '').split('.');
  const kind = Math.max(0, ACTIONS.indexOf(event.action as (typeof ACTIONS)[number]));
  const first = Buffer.alloc(8);
  first.writeUInt8(kind * 4 + MARKS.indexOf(event.effect), 0);
  first.writeUIntBE(Math.min(Math.max(0, event.at.getTime() - since), MOST_DELAY_MS), 1, 3);
  first.writeUInt32BE(Number(number) >>> 0, 4);
  const hex =
    bits(event.slot, SLOT_LETTERS).toString(16).padStart(HEX.slot, '0') +
    bits(head, LETTERS).toString(16).padStart(HEX.head, '0');
  return Buffer.concat([first, Buffer.from(hex, 'hex')]);
};

const eventIn = (record: Buffer, since: number, producer: string): EventId => {
  const first = record.readUInt8(0);
  const slot = written(BigInt(`0x${record.subarray(8, 23).toString('hex')}`), SLOT_CHARS, SLOT_LETTERS);
  const head = BigInt(`0x${record.subarray(23).toString('hex')}`);
  const number = record.readUInt32BE(4);
  return {
    at: new Date(since + record.readUIntBE(1, 3)),
    slot,
    action: ACTIONS[first >> 2] ?? 'trigger',
    alertId: head === 0n ? undefined : `alr_${written(head, HEAD_CHARS, LETTERS)}${slot}`,
    name: number === 0 ? undefined : `${producer}.${number}`,
    effect: MARKS[first & 3],
  };
};

/** Stands for the producer of an event that has no name. */
const NOBODY = 'none';

/** The id of several events that were accepted together. Their order stays within each producer. */
export const idOfBatch = (ids: readonly string[]): string => {
  const events = ids.map(eventIdIn).filter((event) => event !== undefined);
  const since = Math.min(...events.map(({ at }) => at.getTime()));
  const byProducer = Map.groupBy(events, ({ name }) => name?.split('.')[0] ?? NOBODY);
  const parts = [...byProducer].map(
    ([producer, of]) =>
      `.${producer}-${Buffer.concat(of.map((event) => recordOf(event, since))).toString('base64url')}`,
  );
  return `evt_${sortableInstant(new Date(since))}-batch${parts.join('')}`;
};

/** The ids of the events of a batch; undefined for a text that is no id of a batch. */
export const idsInBatch = (text: string): string[] | undefined => {
  const found = BATCH_FORM.exec(text);
  const since = found && instantIn(found[1] ?? '')?.getTime();
  if (!found || since === undefined || since === null) return undefined;
  return (found[2] ?? '')
    .slice(1)
    .split('.')
    .flatMap((part) => {
      const at = part.indexOf('-');
      const bytes = Buffer.from(part.slice(at + 1), 'base64url');
      return Array.from({ length: Math.floor(bytes.length / RECORD_BYTES) }, (_, i) =>
        textOf(eventIn(bytes.subarray(i * RECORD_BYTES, (i + 1) * RECORD_BYTES), since, part.slice(0, at))),
      );
    });
};
