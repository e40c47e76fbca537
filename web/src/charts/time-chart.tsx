import AreaChart from '@cloudscape-design/components/area-chart';
import BarChart from '@cloudscape-design/components/bar-chart';
import Box from '@cloudscape-design/components/box';
import LineChart from '@cloudscape-design/components/line-chart';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { dayWords, hourWords, instantWords } from '../shell/times.ts';

export interface Line {
  readonly title: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
  /** Of the library where none is given. */
  readonly color?: string;
}

/** A value that is drawn across, such as a threshold. */
export interface Limit {
  readonly title: string;
  readonly value: number;
  readonly color?: string;
}

interface TimeChartProps {
  readonly lines: readonly Line[];
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly format: (value: number) => string;
  readonly limits?: readonly Limit[];
  /** Areas and bars lie on one another. Both need points at the same steps. */
  readonly show?: 'line' | 'area' | 'bar';
  /** Milliseconds between the points of areas and bars. */
  readonly step?: number;
  readonly height?: number;
  readonly empty?: string;
  readonly hideLegend?: boolean;
}

const HOUR_MS = 3_600_000;

/** Every step of the range. */
const stepsIn = (from: number, to: number, step: number): number[] => {
  const first = from - (from % step);
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => first + i * step);
};

/** When the first and the last point is. Areas begin and end there, because before and after it nothing is known. */
const observed = (lines: readonly Line[]): [number, number] => {
  const all = lines.flatMap(({ points }) => points.map(({ at }) => at));
  return [Math.min(...all), Math.max(...all)];
};

/** The lines with a value at each step, nought where nothing was observed. */
const filled = (lines: readonly Line[], steps: readonly number[]): readonly Line[] =>
  lines.map((line) => {
    const known = new Map(line.points.map(({ at, value }) => [at, value]));
    return { ...line, points: steps.map((at) => ({ at, value: known.get(at) ?? 0 })) };
  });

const extent = (lines: readonly Line[], limits: readonly Limit[], isStacked: boolean): [number, number] => {
  const sums = isStacked
    ? (lines[0]?.points ?? []).map((_, i) => lines.reduce((sum, { points }) => sum + (points[i]?.value ?? 0), 0))
    : lines.flatMap(({ points }) => points.map(({ value }) => value));
  const values = [...sums, ...limits.map(({ value }) => value)];
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const margin = (most - least || 1) * 0.08;
  return [least < 0 ? least - margin : 0, most + margin];
};

/** Lines, areas or bars over time, by the clock of the reader. They can be walked with the arrow keys. */
export const TimeChart = ({
  lines: given,
  from,
  to,
  label,
  format,
  limits = [],
  show = 'line',
  step = 60_000,
  height = 220,
  empty = 'Nothing yet: nothing was observed in this range.',
  hideLegend = false,
}: TimeChartProps) => {
  const isNarrow = useIsNarrow();
  const isStacked = show !== 'line';
  // Axes without data say nothing.
  if (given.every(({ points }) => points.length === 0)) {
    return (
      <Box textAlign="center" color="text-body-secondary" padding="l">
        {empty}
      </Box>
    );
  }
  const [first, last] = show === 'bar' ? [from, to] : observed(given);
  const steps = isStacked && given.length > 0 ? stepsIn(first, last, step) : [];
  const lines = isStacked ? filled(given, steps) : given;
  const isOfDays = to - from > 36 * HOUR_MS;
  const tick = (at: number | Date): string => (isOfDays ? dayWords(at) : hourWords(at));
  const thresholds = limits.map(({ title, value, color }) => ({
    title,
    type: 'threshold' as const,
    y: value,
    valueFormatter: format,
    ...(color !== undefined && { color }),
  }));
  const common = {
    yDomain: extent(lines, limits, isStacked),
    height: isNarrow ? Math.min(height, 180) : height,
    hideFilter: true,
    hideLegend: hideLegend || (lines.length < 2 && limits.length === 0),
    ariaLabel: label,
  };
  const words = {
    yTickFormatter: format,
    detailPopoverDismissAriaLabel: 'Close',
    legendAriaLabel: 'Lines',
    chartAriaRoleDescription: `${show} chart`,
    xAxisAriaRoleDescription: 'time',
    yAxisAriaRoleDescription: 'value',
  };
  if (show === 'bar') {
    return (
      <BarChart
        {...common}
        stackedBars
        series={[
          ...lines.map(({ title, points, color }) => ({
            title,
            type: 'bar' as const,
            data: points.map(({ at, value }) => ({ x: String(at), y: value })),
            valueFormatter: format,
            ...(color !== undefined && { color }),
          })),
          ...thresholds,
        ]}
        xDomain={steps.map(String)}
        xScaleType="categorical"
        i18nStrings={{ ...words, xTickFormatter: (at) => tick(Number(at)) }}
        detailPopoverSeriesContent={({ series, y }) => ({ key: series.title, value: format(y) })}
        detailPopoverFooter={(at) => <Box variant="small">{instantWords(Number(at))}</Box>}
      />
    );
  }
  const overTime = {
    ...common,
    xDomain: [new Date(from), new Date(to)] as [Date, Date],
    xScaleType: 'time' as const,
    i18nStrings: { ...words, xTickFormatter: tick },
    detailPopoverFooter: (at: Date) => <Box variant="small">{instantWords(at)}</Box>,
  };
  if (show === 'area') {
    return (
      <AreaChart
        {...overTime}
        series={[
          ...lines.map(({ title, points, color }) => ({
            title,
            type: 'area' as const,
            data: points.map(({ at, value }) => ({ x: new Date(at), y: value })),
            valueFormatter: format,
            ...(color !== undefined && { color }),
          })),
          ...thresholds,
        ]}
      />
    );
  }
  return (
    <LineChart
      {...overTime}
      series={[
        ...lines.map(({ title, points, color }) => ({
          title,
          type: 'line' as const,
          data: points.map(({ at, value }) => ({ x: new Date(at), y: value })),
          valueFormatter: format,
          ...(color !== undefined && { color }),
        })),
        ...thresholds,
      ]}
      detailPopoverSeriesContent={({ series, y }) => ({ key: series.title, value: format(y) })}
    />
  );
};
