import './analytics.css';
import type { CSSProperties } from 'react';
import type { Schemas } from '../api/client.ts';
import { WEEKDAYS } from '../on-call/words.ts';
import { countText } from '../shell/figures.ts';

type Cell = Schemas['IncidentAnalytics']['week'][number];

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** How strong the colour of a single page is, of one. */
const FAINTEST = 0.12;
/** From here on white is read better than black on the colour. */
const WHITE_FROM = 0.7;
const two = (hour: number): string => String(hour).padStart(2, '0');

/** Pages by hour of the week: a table whose cells are darker the more there were. */
export const HeatMap = ({ week }: { readonly week: readonly Cell[] }) => {
  const most = Math.max(1, ...week.map(({ pages }) => pages));
  const at = new Map(week.map((cell) => [`${cell.weekday} ${cell.hour}`, cell]));
  return (
    // It is wider than a phone, so it is scrolled by itself, also with the keyboard.
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
              {HOURS.map((hour) => {
                const { pages = 0, alerts = 0 } = at.get(`${i + 1} ${hour}`) ?? {};
                const heat = pages === 0 ? 0 : FAINTEST + (pages / most) * (1 - FAINTEST);
                return (
                  <td
                    key={hour}
                    className={heat >= WHITE_FROM ? 'heat-strong' : ''}
                    style={{ '--heat': heat } as CSSProperties}
                    title={`${weekday} ${two(hour)}:00: ${countText(pages, 'page')}, ${countText(alerts, 'alert')}`}
                  >
                    {pages === 0 ? <span className="unseen">0</span> : pages}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
