import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';

export type Silence = Schemas['Silence'];
export type Matcher = Schemas['Matcher'];
type Alert = Schemas['Alert'];

export const SILENCES = ['silences'];
const SOON_MS = 15_000;
const MOST = 1_000;

/** The silences in a state, or all of them. Nothing is asked while they are not shown. */
export const useSilences = (state: Silence['state'] | 'all', isShown = true) =>
  useQuery({
    enabled: isShown,
    queryKey: [...SILENCES, state],
    queryFn: ({ signal }) =>
      allOf<Silence>(
        (cursor) =>
          bodyOf(
            api.GET('/api/monitoring/silences', {
              params: { query: { limit: 100, ...(state !== 'all' && { state }), ...cursor } },
              signal,
            }),
          ),
        MOST,
      ),
    placeholderData: keepPreviousData,
    refetchInterval: SOON_MS,
  });

/** The active silences that match an alert. */
export const useSilencesOf = (alertId: string) =>
  useQuery({
    queryKey: [...SILENCES, 'of', alertId],
    queryFn: ({ signal }) =>
      bodyOf(
        api.GET('/api/monitoring/silences', {
          params: { query: { alert: alertId, state: 'active', limit: 20 } },
          signal,
        }),
      ),
    refetchInterval: SOON_MS,
  });

/** Which unresolved alerts matchers would silence. Nothing is asked while a matcher is incomplete. */
export const usePreview = (matchers: readonly Matcher[]) => {
  const whole = matchers.filter(({ name }) => name !== '');
  return useQuery({
    queryKey: [...SILENCES, 'preview', whole],
    queryFn: ({ signal }) =>
      bodyOf(api.POST('/api/monitoring/silences/preview', { body: { matchers: whole }, signal })),
    enabled: whole.some(({ value }) => value !== ''),
    placeholderData: keepPreviousData,
    retry: false,
  });
};

export const OPERATORS = [
  { value: '=', label: 'is' },
  { value: '!=', label: 'is not' },
  { value: '=~', label: 'matches' },
  { value: '!~', label: 'does not match' },
] as const;
export type Operator = (typeof OPERATORS)[number]['value'];

export const operatorOf = ({ isRegex, isEqual }: Matcher): Operator =>
  isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';

export const withOperator = (matcher: Matcher, operator: Operator): Matcher => ({
  ...matcher,
  isRegex: operator.endsWith('~'),
  isEqual: !operator.startsWith('!'),
});

export const aMatcher = (name = '', value = ''): Matcher => ({ name, value, isRegex: false, isEqual: true });

/** Sources whose alerts have labels alone; Alertmanager and Prometheus name them so. */
const isOfLabels = (source: string): boolean => /^(alertmanager|prometheus):/.test(source);

/** What a silence can match of an alert, as the backend reads it. */
export const labelsOf = ({ title, source, severity, service, team, labels }: Alert): Record<string, string> => ({
  alertname: title,
  source,
  ...(!isOfLabels(source) && {
    severity,
    ...(service !== null && { service }),
    ...(team !== null && { team }),
  }),
  ...labels,
});

const NOT_AT_FIRST: ReadonlySet<string> = new Set(['source', 'severity']);

/** What alerts have in common: the beginning of a silence of all of them, and of nothing else that is known. */
export const commonMatchers = (alerts: readonly Alert[]): Matcher[] => {
  const [first, ...rest] = alerts.map(labelsOf);
  if (!first) return [aMatcher()];
  const common = Object.entries(first)
    .filter(([name, value]) => value !== '' && rest.every((other) => other[name] === value))
    .filter(([name]) => !NOT_AT_FIRST.has(name))
    .slice(0, 20);
  return common.length === 0 ? [aMatcher()] : common.map(([name, value]) => aMatcher(name, value));
};
