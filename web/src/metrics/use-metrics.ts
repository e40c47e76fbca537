import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { clock } from '../session/clock.ts';
import { readMetric, type MetricQuestion } from './metric.ts';

export type KnownMetric = Schemas['KnownMetric'];
export type Rule = Schemas['AlertRule'];

export const RULES = ['rules'];

const SOON_MS = 20_000;
const SELDOM_MS = 60_000;

/** The metrics of the last hour. */
export const useMetricNames = () =>
  useQuery({
    queryKey: ['metrics', 'names'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/monitoring/metrics/names', { signal })),
    refetchInterval: SELDOM_MS,
  });

/** A metric over the last minutes, again and again. Nothing is read without a name. */
export const useMetric = (question: Omit<MetricQuestion, 'from' | 'to'>, minutes: number) =>
  useQuery({
    queryKey: ['metrics', 'series', question, minutes],
    queryFn: async ({ signal }) => {
      const to = clock.now();
      const from = to - minutes * 60_000;
      return { ...(await readMetric({ ...question, from, to }, signal)), from, to };
    },
    enabled: question.name !== '',
    placeholderData: keepPreviousData,
    refetchInterval: SOON_MS,
  });

export const useRules = () =>
  useQuery({
    queryKey: [...RULES, 'list'],
    queryFn: ({ signal }) =>
      allOf<Rule>((cursor) =>
        bodyOf(api.GET('/api/monitoring/rules', { params: { query: { limit: 100, ...cursor } }, signal })),
      ),
  });

export const useRule = (id: string) =>
  useQuery({
    queryKey: [...RULES, id],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/monitoring/rules/{id}', { params: { path: { id } }, signal })),
    enabled: id !== '',
  });
