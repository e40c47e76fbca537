import './analytics.css';
import Box from '@cloudscape-design/components/box';
import type { CSSProperties } from 'react';
import type { Schemas } from '../api/client.ts';
import { WEEKDAYS } from '../on-call/words.ts';
import { countText, numberText } from '../shell/figures.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';

type Cell = Schemas['IncidentAnalytics']['week'][number];

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** How strong the colour of a single page is, of one. */
const FAINTEST = 0.12;
/** From here on white is read better than black on the colour. */
const WHITE_FROM = 0.7;
const two = (hour: number): string => String(hour).padStart(2, '0');

/** Pages by hour of the week: a table whose cells are darker the more there were. */
export const HeatMap = ({ week }: { readonly week: readonly Cell[] }) => {
  const isNarrow = useIsNarrow();
  const most = Math.max(1, ...week.map(({ pages }) => pages));
  const at = new Map(week.map((cell) => [`${cell.weekday} ${cell.hour}`, cell]));
  const cellOf = (day: number, hour: number) => {
    const { pages = 0, alerts = 0 } = at.get(`${day + 1} ${hour}`) ?? {};
    const heat = pages === 0 ? 0 : FAINTEST + (pages / most) * (1 - FAINTEST);
    return (
      <td
        key={`${day} ${hour}`}
        className={heat >= WHITE_FROM ? 'heat-strong' : ''}
        style={{ '--heat': heat } as CSSProperties}
        title={`${WEEKDAYS[day] ?? ''} ${two(hour)}:00: ${countText(pages, 'page')}, ${countText(alerts, 'alert')}`}
      >
        {pages === 0 ? <span className="unseen">0</span> : numberText(pages)}
      </td>
    );
  };
  if (week.every(({ pages }) => pages === 0))
    return <Box color="text-body-secondary">Nothing yet: nobody was paged in this range.</Box>;
  // A phone has room for seven columns, not for twenty-four.
  if (isNarrow) {
    return (
      <div className="heat heat-tall">
        <table aria-label="Pages by hour of the week">
          <thead>
            <tr>
              <th scope="col">
                <span className="unseen">Hour</span>
              </th>
              {WEEKDAYS.map((weekday) => (
                <th key={weekday} scope="col">
                  {weekday.slice(0, 3)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {HOURS.map((hour) => (
              <tr key={hour}>
                <th scope="row">{two(hour)}</th>
                {WEEKDAYS.map((_, day) => cellOf(day, hour))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    );
  }
  return (
    // A window may be narrower, so it is scrolled by itself, also with the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="heat" tabIndex={0} role="group" aria-label="Pages by hour of the week">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">Day</span>
            </th>
            {HOURS.map((hour) => (
              <th key={hour} scope="col" className={hour % 3 === 0 ? '' : 'heat-quiet'}>
                {two(hour)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {WEEKDAYS.map((weekday, i) => (
            <tr key={weekday}>
              <th scope="row">{weekday.slice(0, 3)}</th>
              {HOURS.map((hour) => cellOf(i, hour))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
