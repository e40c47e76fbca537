import { oneLine } from '../one-line.ts';
import { SHIFT_STARTED, SWAP_CHANGED, type ShiftStarted, type SwapChanged } from '../../oncall/events.ts';

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
export type Happened = ShiftStarted | SwapChanged;

/** Whom to tell of what happened, and what. */
export const noticeOf = (happened: Happened): Notice => {
  switch (happened.kind) {
    case SHIFT_STARTED:
      return shiftNotice(happened);
    case SWAP_CHANGED:
      return swapNotice(happened);
  }
};

const shiftNotice = ({ scheduleId, scheduleName, timeZone, userId, at, until }: ShiftStarted): Notice => ({
  key: `shift#${scheduleId}#${at}#${userId}`,
  userId,
  text: `You are on call now: ${oneLine(scheduleName, MAX_CHARS)}${until === undefined ? '' : `, until ${clocks(until, timeZone)}`} (${timeZone}).`,
});

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
