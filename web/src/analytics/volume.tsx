import BarChart from '@cloudscape-design/components/bar-chart';
import Box from '@cloudscape-design/components/box';
import type { Schemas } from '../api/client.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { plainDayWords } from '../shell/times.ts';

type Day = Schemas['IncidentAnalytics']['days'][number];

const KINDS = [
  ['Alerts', 'alerts'],
  ['Incidents', 'incidents'],
  ['Pages', 'pages'],
] as const;

interface VolumeProps {
  readonly days: readonly Day[];
  /** The days of the range, also those on which nothing opened. */
  readonly all: readonly string[];
}

/** What opened and was sent on each day. It can be walked with the arrow keys. */
export const Volume = ({ days, all }: VolumeProps) => {
  const isNarrow = useIsNarrow();
  const known = new Map(days.map((day) => [day.day, day]));
  const most = Math.max(1, ...days.flatMap(({ alerts, incidents, pages }) => [alerts, incidents, pages]));
  if (days.every(({ alerts, incidents, pages }) => alerts + incidents + pages === 0))
    return <Box color="text-body-secondary">Nothing yet: nothing opened in this range.</Box>;
  return (
    <BarChart
      series={KINDS.map(([title, of]) => ({
        title,
        type: 'bar',
        data: all.map((day) => ({ x: day, y: known.get(day)?.[of] ?? 0 })),
      }))}
      xDomain={[...all]}
      yDomain={[0, most]}
      xScaleType="categorical"
      height={isNarrow ? 160 : 220}
      hideFilter
      ariaLabel="Volume by day"
      i18nStrings={{
        xTickFormatter: plainDayWords,
        detailPopoverDismissAriaLabel: 'Close',
        legendAriaLabel: 'Kinds',
        chartAriaRoleDescription: 'bar chart',
        xAxisAriaRoleDescription: 'day',
        yAxisAriaRoleDescription: 'number',
      }}
    />
  );
};
