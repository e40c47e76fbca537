import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { clock } from '../session/clock.ts';
import { EVERY_MS, type PanelOf } from './dashboard.ts';

type Panel = PanelOf<'metric'>;
type Question = Schemas['MetricQueries']['queries'][number];
type Answer = Schemas['ManySeries'];

const MOST_QUESTIONS = 40;
const MINUTE_MS = 60_000;
const MOST_BARS = 48;
const STEPS_SECONDS = [60, 300, 900, 3_600, 21_600, 86_400, 604_800];

export interface PanelLine {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** What a panel of a metric shows. */
export interface PanelSeries {
  readonly lines: readonly PanelLine[];
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  /** How many series more there are. */
  readonly leftOut: number;
  readonly refused: string | undefined;
  /** By how many percent the mean differs from that of as long before; undefined where one of them is not known. */
  readonly trendPercent: number | undefined;
}

/** Bars are fewer than points of a line. */
const stepOf = ({ show }: Panel, minutes: number): number | undefined =>
  show === 'bar' ? STEPS_SECONDS.find((step) => (minutes * 60) / step <= MOST_BARS) : undefined;

const questionsOf = (panel: Panel, minutes: number, to: number): Question[] => {
  const { metric, per, aggregation, dimensions, groupBy, trend } = panel;
  const span = minutes * MINUTE_MS;
  const step = stepOf(panel, minutes);
  const over = (name: string, end: number): Question => ({
    name,
    aggregation,
    dimensions,
    groupBy,
    from: new Date(end - span).toISOString(),
    to: new Date(end).toISOString(),
    ...(step !== undefined && { step }),
  });
  const names = per === null ? [metric] : [metric, per];
  return [...names.map((name) => over(name, to)), ...(trend ? names.map((name) => over(name, to - span)) : [])];
};

const linesOf = (answer: Answer | undefined): PanelLine[] =>
  (answer?.series ?? []).map(({ dimensions, points }) => ({
    dimensions,
    points: points.map(({ at, value }) => ({ at: Date.parse(at), value })),
  }));

const keyOf = ({ dimensions }: PanelLine): string => JSON.stringify(Object.entries(dimensions).sort());

/** The one in percent of the other, at the steps that both have. */
const shareOf = (lines: readonly PanelLine[], whole: readonly PanelLine[]): PanelLine[] => {
  const wholes = new Map(whole.map((line) => [keyOf(line), new Map(line.points.map(({ at, value }) => [at, value]))]));
  return lines.map((line) => ({
    ...line,
    points: line.points.flatMap(({ at, value }) => {
      const of = wholes.get(keyOf(line))?.get(at);
      return of === undefined || of === 0 ? [] : [{ at, value: (value / of) * 100 }];
    }),
  }));
};

const meanOf = (lines: readonly PanelLine[]): number | undefined => {
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
};

export const trendOf = (before: number | undefined, now: number | undefined): number | undefined =>
  before === undefined || now === undefined || before === 0 ? undefined : ((now - before) / Math.abs(before)) * 100;

const seriesOf = (panel: Panel, minutes: number, to: number, answers: readonly Answer[]): PanelSeries => {
  const { aggregation, per, trend } = panel;
  const names = per === null ? 1 : 2;
  const drawn = (from: number): PanelLine[] => {
    const lines = linesOf(answers[from]);
    return per === null ? lines : shareOf(lines, linesOf(answers[from + 1])).filter(({ points }) => points.length > 0);
  };
  const lines = drawn(0);
  const [first] = answers;
  const unit = first?.series[0]?.unit ?? '';
  return {
    lines,
    unit: per !== null ? '%' : aggregation === 'count' ? '' : aggregation === 'rate' ? `${unit}/s` : unit,
    from: to - minutes * MINUTE_MS,
    to,
    stepMs: (first?.step || 60) * 1_000,
    leftOut: first?.leftOut ?? 0,
    refused: answers.find(({ refused }) => refused !== null)?.refused?.detail,
    trendPercent: trend ? trendOf(meanOf(drawn(names)), meanOf(lines)) : undefined,
  };
};

const ask = async (questions: readonly Question[], signal: AbortSignal): Promise<Answer[]> => {
  const answers: Answer[] = [];
  for (let from = 0; from < questions.length; from += MOST_QUESTIONS) {
    const queries = questions.slice(from, from + MOST_QUESTIONS);
    answers.push(...(await bodyOf(api.POST('/api/monitoring/metrics/queries', { body: { queries }, signal }))).items);
  }
  return answers;
};

/** What the panels of metrics show, by their ids: one call for all, each half minute while the page is visible. */
export const useSeries = (panels: readonly Panel[], range: number | undefined) => {
  const asked = panels.filter(({ metric }) => metric !== '');
  return useQuery({
    queryKey: ['dashboards', 'series', asked.map(({ title: _, width: __, lines: ___, ...asks }) => asks), range],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, PanelSeries>> => {
      const to = clock.now();
      const parts = asked.map((panel) => {
        const minutes = range ?? panel.minutes;
        return { panel, minutes, questions: questionsOf(panel, minutes, to) };
      });
      const answers = await ask(
        parts.flatMap(({ questions }) => questions),
        signal,
      );
      let next = 0;
      return new Map(
        parts.map(({ panel, minutes, questions }) => {
          const own = answers.slice(next, (next += questions.length));
          return [panel.id, seriesOf(panel, minutes, to, own)];
        }),
      );
    },
    enabled: asked.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  });
};
