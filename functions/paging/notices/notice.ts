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

/** What somebody is told that is no page: once for each key. */
export interface Notice {
  readonly key: string;
  readonly userId: string;
  /** One line, for people. */
  readonly text: string;
}

/** What the stream of the on-call table tells. */
export type Happened = ShiftStarted | ShiftEnded | SwapChanged;

/** What people are called, by their ids; whoever is not there is not named. */
export type Names = ReadonlyMap<string, string>;

/** Whom to tell of what happened, and what. */
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
    known.length > 0 ? `${oneLine(known.join(' and '), MAX_CHARS)} ${known.length > 1 ? 'are' : 'is'} now.` : '';
  return {
    key: `end#${scheduleId}#${at}#${userId}`,
    userId,
    text: [
      `You are off call since ${clocks(at, timeZone)}: ${oneLine(scheduleName, MAX_CHARS)} (${timeZone}).`,
      now.length === 0 ? 'Nobody is on call by it now.' : next,
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
      return told(
        toUserId,
        `${fromName} asks you to be on call instead: ${what}.${note && ` ${oneLine(note, MAX_CHARS)}`}`,
      );
    case 'cancelled':
      return told(toUserId, `${fromName} does not ask you any more to be on call instead: ${what}.`);
    case 'accepted':
      return told(fromUserId, `Your request was accepted, you are not on call: ${what}.`);
    case 'declined':
      return told(fromUserId, `Your request was declined, you are still on call: ${what}.`);
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
