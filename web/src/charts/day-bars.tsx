import './charts.css';
import type { Schemas } from '../api/client.ts';
import { clock } from '../session/clock.ts';
import { countText, durationText, percentText } from '../shell/figures.ts';
import { weekdayWords } from '../shell/times.ts';

type Days = Schemas['MonitorUptime']['days'];

const DAY_MS = 86_400_000;
const STEP = 10;

/** Below this a day was down, and not only disturbed. */
const DOWN_BELOW = 95;

const markOf = (of: Days[number]): string => {
  if (of === null) return 'none';
  if (of.downSeconds === 0) return 'up';
  return of.uptimePercent < DOWN_BELOW ? 'down' : 'partly';
};

const saysOf = (of: Days[number], at: number): string => {
  if (of === null) return `${weekdayWords(at)}: nothing was observed`;
  const down = of.downSeconds > 0 ? `, down for ${durationText(of.downSeconds)}` : '';
  return `${weekdayWords(at)}: ${percentText(of.uptimePercent)} up${down}`;
};

interface DayBarsProps {
  readonly days: Days;
  readonly uptimePercent: number | null;
  readonly isLarge?: boolean;
}

/** A bar for each day, today last. Hovering says what a day was; a screen reader gets the sum of them. */
export const DayBars = ({ days, uptimePercent, isLarge = false }: DayBarsProps) => {
  const bad = days.filter((of) => of !== null && of.downSeconds > 0).length;
  const sum =
    uptimePercent === null
      ? 'Nothing was observed yet'
      : `${percentText(uptimePercent)} up, down on ${countText(bad, 'day')}`;
  const now = clock.now();
  return (
    <div>
      <svg
        className={isLarge ? 'day-bars is-large' : 'day-bars'}
        viewBox={`0 0 ${days.length * STEP} 30`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`The last ${days.length} days: ${sum}`}
      >
        {days.map((of, i) => {
          const at = now - (days.length - 1 - i) * DAY_MS;
          return (
            <rect
              key={at}
              className={`fill-${markOf(of)}`}
              x={i * STEP + 1.2}
              width={STEP - 2.4}
              y={of === null ? 11 : 0}
              height={of === null ? 8 : 30}
              rx={2}
            >
              <title>{saysOf(of, at)}</title>
            </rect>
          );
        })}
      </svg>
      <div className="ends">
        <span>{days.length} days ago</span>
        <span>{uptimePercent === null ? 'not observed yet' : `${percentText(uptimePercent)} up`}</span>
        <span>today</span>
      </div>
    </div>
  );
};
