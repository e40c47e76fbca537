import { oneLine } from '../../../shared/channels/one-line.ts';
import {
  SHIFT_ENDED,
  SHIFT_STARTED,
  SWAP_CHANGED,
  type ShiftEnded,
  type ShiftStarted,
  type SwapChanged,
} from '../../oncall/events.ts';

/** Names and notes of others take up so much of a line. */
const MAX_CHARS = 110;

/** A message to a user that is no page. It is sent once for each key. */
export interface Notice {
  readonly key: string;
  readonly userId: string;
  /** One line, for people. */
  readonly text: string;
}

/** The changes that the stream of the on-call table reports. */
export type Happened = ShiftStarted | ShiftEnded | SwapChanged;

/** Names of users by their ids. A user without an entry is not named. */
export type Names = ReadonlyMap<string, string>;

/** The notice about a change: its user and its text. */
export const noticeOf = (happened: Happened, names: Names = new Map()): Notice => {
  switch (happened.kind) {
    case SHIFT_STARTED:
      return shiftNotice(happened);
    case SHIFT_ENDED:
      return endNotice(happened, names);
    case SWAP_CHANGED:
      return swapNotice(happened);
  }
};

const shiftNotice = ({ scheduleId, scheduleName, timeZone, userId, at, until }: ShiftStarted): Notice => ({
  key: `shift#${scheduleId}#${at}#${userId}`,
  userId,
  text: `You are on call now: ${oneLine(scheduleName, MAX_CHARS)}${until === undefined ? '' : `, until ${clocks(until, timeZone)}`} (${timeZone}).`,
});

const endNotice = ({ scheduleId, scheduleName, timeZone, userId, at, now }: ShiftEnded, names: Names): Notice => {
  const known = now.flatMap((id) => names.get(id) ?? []);
  const next =
    known.length > 0
      ? `${oneLine(known.join(' and '), MAX_CHARS)} ${known.length > 1 ? 'are' : 'is'} on call now.`
      : '';
  return {
    key: `end#${scheduleId}#${at}#${userId}`,
    userId,
    text: [
      `Your shift ended on ${clocks(at, timeZone)}: ${oneLine(scheduleName, MAX_CHARS)} (${timeZone}).`,
      now.length === 0 ? 'Nobody is on call now.' : next,
    ]
      .join(' ')
      .trim(),
  };
};

const swapNotice = (swap: SwapChanged): Notice => {
  const { id, status, scheduleName, timeZone, fromUserId, fromName, toUserId, give, take, note } = swap;
  const told = (userId: string, text: string): Notice => ({ key: `swap#${id}#${status}`, userId, text });
  const span = ({ from, to }: SwapChanged['give']) => `${clocks(from, timeZone)} to ${clocks(to, timeZone)}`;
  const what = `${oneLine(scheduleName, MAX_CHARS)}, ${span(give)}${take ? `, in return for ${span(take)}` : ''} (${timeZone})`;
  switch (status) {
    case 'requested':
      return told(toUserId, `${fromName} asks you to take a shift: ${what}.${note && ` ${oneLine(note, MAX_CHARS)}`}`);
    case 'cancelled':
      return told(toUserId, `${fromName} cancelled the request that you take a shift: ${what}.`);
    case 'accepted':
      return told(fromUserId, `Your request was accepted. You are not on call: ${what}.`);
    case 'declined':
      return told(fromUserId, `Your request was declined. You are still on call: ${what}.`);
  }
};

/** `Mon 23 Nov, 09:00`, as the clocks of the zone show it. */
const clocks = (instant: string, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(Date.parse(instant));
