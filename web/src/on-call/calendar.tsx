import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { useHues } from '../people/hues.ts';
import { useNames } from '../people/people.ts';
import { useNow } from '../shell/instant.tsx';
import { addDays, dayOf, HOUR_MS, spanText, type Override, type Rendered } from './schedule.ts';
import { hourWords, weekdayWords } from '../shell/times.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

interface CalendarProps {
  readonly days: readonly number[];
  readonly rendered: Rendered;
  readonly overrides: readonly Override[];
  /** Without it, nothing can be dragged. */
  readonly onDrag?: (span: Span) => void;
}

const STEP_MS = HOUR_MS / 2;
/** So long a finger stays before it chooses. */
const HOLD_MS = 350;
/** A finger that stays trembles. */
const STILL_PX = 10;

/** The part of a day that a span covers, 0 to 1; undefined where they do not meet. */
const partOf = (day: number, { from, to }: Span): { readonly start: number; readonly length: number } | undefined => {
  const end = addDays(day, 1);
  const [first, last] = [Math.max(from, day), Math.min(to, end)];
  if (first >= last) return undefined;
  return { start: (first - day) / (end - day), length: (last - first) / (end - day) };
};

const placed = ({ start, length }: { readonly start: number; readonly length: number }) => ({
  insetInlineStart: `${start * 100}%`,
  inlineSize: `${length * 100}%`,
});

/**
 * The final schedule, a row for each day of the reader's clock: shifts in the colours of their people, gaps, marks of overrides, and the
 * present. A span is chosen by dragging over it, also over several days; by touch after a moment.
 */
export const Calendar = ({ days, rendered, overrides, onDrag }: CalendarProps) => {
  const nameOf = useNames();
  const hueOf = useHues();
  const now = useNow();
  const grid = useRef<HTMLOListElement>(null);
  const [drag, setDrag] = useState<{ readonly anchor: number; readonly at: number }>();

  const instantAt = (event: PointerEvent): number | undefined => {
    const row = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('[data-day]');
    if (!row || !grid.current?.contains(row)) return undefined;
    const { left, width } = row.getBoundingClientRect();
    const day = Number(row.dataset['day']);
    const part = Math.min(Math.max((event.clientX - left) / width, 0), 1);
    return day + Math.round((part * (addDays(day, 1) - day)) / STEP_MS) * STEP_MS;
  };
  const chosen: Span | undefined = drag && {
    from: Math.min(drag.anchor, drag.at),
    to: Math.max(drag.anchor, drag.at),
  };
  const begin = (event: PointerEvent, length = 0): void => {
    const at = instantAt(event);
    if (at === undefined) return;
    grid.current?.setPointerCapture(event.pointerId);
    setDrag({ anchor: at, at: at + length });
  };
  // A finger that moves at once scrolls. One that stays for a moment chooses a span, which is seen at once.
  const hold = useRef<{ readonly timer: ReturnType<typeof setTimeout>; readonly x: number; readonly y: number }>(
    undefined,
  );
  const letGo = (): void => {
    clearTimeout(hold.current?.timer);
    hold.current = undefined;
  };
  const start = (event: PointerEvent): void => {
    if (!onDrag || event.button !== 0) return;
    if (event.pointerType !== 'touch') {
      event.preventDefault();
      begin(event);
      return;
    }
    letGo();
    hold.current = { timer: setTimeout(() => begin(event, STEP_MS), HOLD_MS), x: event.clientX, y: event.clientY };
  };
  const move = (event: PointerEvent): void => {
    const { x, y } = hold.current ?? { x: event.clientX, y: event.clientY };
    if (!drag && Math.hypot(event.clientX - x, event.clientY - y) > STILL_PX) letGo();
    const at = drag && instantAt(event);
    if (at !== undefined) setDrag((before) => before && { ...before, at });
  };
  const end = (): void => {
    letGo();
    setDrag(undefined);
    if (chosen && chosen.to - chosen.from >= STEP_MS) onDrag?.(chosen);
  };
  const cancel = (): void => {
    letGo();
    setDrag(undefined);
  };
  const isDragged = drag !== undefined;
  useEffect(() => {
    const present = grid.current;
    if (!isDragged || !present) return;
    // React listens passively, and only a listener that is not keeps the page from scrolling.
    const stay = (event: TouchEvent): void => event.preventDefault();
    present.addEventListener('touchmove', stay, { passive: false });
    return () => present.removeEventListener('touchmove', stay);
  }, [isDragged]);
  return (
    <div className="calendar">
      <div className="hours" aria-hidden="true">
        {[0, 6, 12, 18].map((hour) => (
          <span key={hour}>{String(hour).padStart(2, '0')}:00</span>
        ))}
      </div>
      <ol
        ref={grid}
        className={onDrag ? 'days can-drag' : 'days'}
        onPointerDown={start}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={cancel}
        onContextMenu={(event) => {
          if (isDragged) event.preventDefault();
        }}
      >
        {days.map((day) => {
          const present = partOf(day, { from: now, to: now + 1 });
          const selected = chosen && partOf(day, chosen);
          return (
            <li key={day} className={day === dayOf(now) ? 'day today' : 'day'}>
              <span className="day-name">{weekdayWords(day)}</span>
              <div className="track" data-day={day}>
                {rendered.shifts.map(({ from, to, users }) => {
                  const part = partOf(day, { from: Date.parse(from), to: Date.parse(to) });
                  const names = users.map(nameOf).join(', ');
                  return (
                    part && (
                      <div
                        key={from}
                        className={`shift ${hueOf(users[0] ?? '')}`}
                        style={placed(part)}
                        role="img"
                        aria-label={`${names}, ${spanText(from, to)}`}
                        title={`${names}\n${spanText(from, to)}`}
                      >
                        <span>{names}</span>
                      </div>
                    )
                  );
                })}
                {rendered.gaps.map(({ from, to }) => {
                  const part = partOf(day, { from: Date.parse(from), to: Date.parse(to) });
                  return (
                    part && (
                      <div
                        key={from}
                        className="shift gap"
                        style={placed(part)}
                        role="img"
                        aria-label={`Nobody is on call, ${spanText(from, to)}`}
                        title={`Nobody is on call\n${spanText(from, to)}`}
                      >
                        <span>Nobody</span>
                      </div>
                    )
                  );
                })}
                {overrides.map(({ id, from, to, note }) => {
                  const part = partOf(day, { from: Date.parse(from), to: Date.parse(to) });
                  return part && <div key={id} className="override" style={placed(part)} title={`Override. ${note}`} />;
                })}
                {present && <div className="present" style={{ insetInlineStart: `${present.start * 100}%` }} />}
                {selected && chosen && (
                  <div className="selected" style={placed(selected)}>
                    {hourWords(chosen.from)} – {hourWords(chosen.to)}
                  </div>
                )}
              </div>
            </li>
          );
        })}
      </ol>
    </div>
  );
};
