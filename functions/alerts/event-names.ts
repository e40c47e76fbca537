import { newSecret } from '../../shared/kernel/ids.ts';

/*
 * Names for events, so that an event whose answer was lost is counted once however often it is sent again. Each container is a
 * producer that numbers its events, and a slot remembers the last number that it counted of each producer, as Kafka's
 * idempotent producer does (KIP-98). Docs: docs/adr/0021-replayed-events.md
 */

const MINUTE_MS = 60_000;
/** A producer is followed by another when it is this old. */
const PRODUCER_LIFE_MINUTES = 360;
/** A slot may forget a producer that is this old: none of its events can arrive any more. */
const PRODUCER_MEMORY_MINUTES = 24 * 60;

const PREFIX = 'by_';

export interface EventName {
  readonly producer: string;
  readonly number: number;
}

/** The attribute in which a slot remembers what it counted of a producer. */
export const memoryOf = ({ producer }: EventName): string => `${PREFIX}${producer}`;

/** The memory of a slot: attributes of its item, each with the last number that it counted of a producer. */
export type Memory = Readonly<Record<string, number>>;

export const isMemory = (attribute: string): boolean => attribute.startsWith(PREFIX);

export const memoryIn = (item: object | undefined): Memory =>
  Object.fromEntries(Object.entries(item ?? {}).filter(([name]) => isMemory(name)));

export const hasCounted = (memory: Memory, name: EventName): boolean =>
  (memory[memoryOf(name)] ?? 0) >= countedFrom(name);

/**
 * A request that names itself by a key (`Idempotency-Key`) is a producer of one event. Its name has no time in it, so that a repeat at any
 * later time, also one that no record of the first request is left of, has the same name. Its number is the minute of the request.
 */
const KEY_PREFIX = 'k_';

export const nameOfKey = (key: string, at: Date): EventName => ({
  producer: `${KEY_PREFIX}${key.slice(0, 26)}`,
  number: Math.floor(at.getTime() / MINUTE_MS),
});

/** The number from which on a slot that remembers this producer has counted the event: of a key any. */
export const countedFrom = ({ producer, number }: EventName): number => (producer.startsWith(KEY_PREFIX) ? 1 : number);

/** So many keys are remembered by a slot, so that one that many requests repeat stays small. */
const MOST_KEYS = 16;

/** Attributes that remember producers which are too old to send again, and the oldest of many keys. */
export const staleIn = (memory: Memory, at: Date): readonly string[] => {
  const isOfKey = (name: string): boolean => name.startsWith(PREFIX + KEY_PREFIX);
  const now = at.getTime() / MINUTE_MS;
  const ofKeys = Object.keys(memory)
    .filter(isOfKey)
    .sort((a, b) => (memory[b] ?? 0) - (memory[a] ?? 0));
  return Object.keys(memory).filter((name) => {
    if (isOfKey(name) && ofKeys.indexOf(name) >= MOST_KEYS) return true;
    const born = isOfKey(name)
      ? (memory[name] ?? 0)
      : Number.parseInt(name.slice(PREFIX.length).split('_')[0] ?? '', 36);
    return now - born > PRODUCER_MEMORY_MINUTES;
  });
};

/** `producer.number`, as an event in the spill queue carries it. */
export const textOf = ({ producer, number }: EventName): string => `${producer}.${number}`;

export const eventNameIn = (text: string): EventName => {
  const [producer = '', number = ''] = text.split('.');
  return { producer, number: Number(number) };
};

export interface EventNames {
  next(at: Date): EventName;
  /** Begins another producer: the last number of this one never changes again. */
  renew(): void;
}

/** The names that one container gives. Two events of one slot must not be in flight at once with names of one producer. */
export const eventNames = (): EventNames => {
  let producer: { readonly id: string; readonly bornAt: number } | undefined;
  let number = 0;
  return {
    next: (at) => {
      if (producer && at.getTime() - producer.bornAt > PRODUCER_LIFE_MINUTES * MINUTE_MS) producer = undefined;
      if (!producer) {
        const minute = Math.floor(at.getTime() / MINUTE_MS).toString(36);
        producer = { id: `${minute}_${newSecret(6).replace(/[^A-Za-z0-9]/g, '0')}`, bornAt: at.getTime() };
        number = 0;
      }
      return { producer: producer.id, number: ++number };
    },
    renew: () => {
      producer = undefined;
    },
  };
};
