import Box from '@cloudscape-design/components/box';
import LineChart from '@cloudscape-design/components/line-chart';
import { useIsNarrow } from '../shell/use-is-narrow.ts';

export interface Line {
  readonly title: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

interface TimeChartProps {
  readonly lines: readonly Line[];
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly format: (value: number) => string;
  /** A value that is drawn across, such as a threshold. */
  readonly limit?: { readonly title: string; readonly value: number } | undefined;
  readonly height?: number;
  readonly empty?: string;
  readonly hideLegend?: boolean;
}

const HOUR_MS = 3_600_000;
const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const both = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Lines over time, by the clock of the reader. It can be walked with the arrow keys. */
export const TimeChart = ({
  lines,
  from,
  to,
  label,
  format,
  limit,
  height = 220,
  empty = 'Nothing was observed in this range.',
  hideLegend = false,
}: TimeChartProps) => {
  const isNarrow = useIsNarrow();
  const values = [...lines.flatMap(({ points }) => points.map(({ value }) => value)), ...(limit ? [limit.value] : [])];
  const most = Math.max(0, ...values);
  const least = Math.min(0, ...values);
  const margin = (most - least || 1) * 0.08;
  const isOfDays = to - from > 36 * HOUR_MS;
  return (
    <LineChart
      series={[
        ...lines.map(({ title, points }) => ({
          title,
          type: 'line' as const,
          data: points.map(({ at, value }) => ({ x: new Date(at), y: value })),
          valueFormatter: format,
        })),
        ...(limit ? [{ title: limit.title, type: 'threshold' as const, y: limit.value, valueFormatter: format }] : []),
      ]}
      xDomain={[new Date(from), new Date(to)]}
      yDomain={[least < 0 ? least - margin : 0, most + margin]}
      xScaleType="time"
      height={isNarrow ? Math.min(height, 180) : height}
      hideFilter
      hideLegend={hideLegend || (lines.length < 2 && !limit)}
      ariaLabel={label}
      i18nStrings={{
        xTickFormatter: (at: Date) => (isOfDays ? day.format(at) : time.format(at)),
        yTickFormatter: format,
        detailPopoverDismissAriaLabel: 'Close',
        legendAriaLabel: 'Lines',
        chartAriaRoleDescription: 'line chart',
        xAxisAriaRoleDescription: 'time',
        yAxisAriaRoleDescription: 'value',
      }}
      detailPopoverSeriesContent={({ series, y }) => ({ key: series.title, value: format(y) })}
      detailPopoverFooter={(at) => <Box variant="small">{both.format(at)}</Box>}
      empty={
        <Box textAlign="center" color="text-body-secondary" padding="l">
          {empty}
        </Box>
      }
      noMatch={empty}
    />
  );
};
