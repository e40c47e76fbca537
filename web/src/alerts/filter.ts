import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import { SEVERITIES, type Severity } from './severity.tsx';
import type { Alert, AlertFilter } from './use-alerts.ts';

/** By what alerts are filtered. `text` is a token without a property. */
export const PROPERTIES: readonly PropertyFilterProps.FilteringProperty[] = [
  ['severity', 'Severity', 'Severities'],
  ['service', 'Service', 'Services'],
  ['source', 'Source', 'Sources'],
  ['team', 'Team', 'Teams'],
  ['assignee', 'Assignee', 'Assignees'],
].map(([key = '', propertyLabel = '', groupValuesLabel = '']) => ({
  key,
  propertyLabel,
  groupValuesLabel,
  operators: ['=', '!='],
}));

type Key = 'severity' | 'service' | 'source' | 'team' | 'assignee';
export type Query = PropertyFilterProps.Query;
type Token = PropertyFilterProps.Token;

export const NO_QUERY: Query = { tokens: [], operation: 'and' };

/** A token in the address: `service=checkout`, `severity!=info`, or `~text`. */
const tokenText = ({ propertyKey, operator, value }: Token): string =>
  propertyKey === undefined ? `~${String(value)}` : `${propertyKey}${operator}${String(value)}`;

const FORM = /^(severity|service|source|team|assignee)(=|!=)(.*)$/s;

const tokenOf = (text: string): Token[] => {
  if (text.startsWith('~')) return [{ operator: ':', value: text.slice(1) }];
  const [, propertyKey, operator, value] = FORM.exec(text) ?? [];
  return propertyKey === undefined || operator === undefined ? [] : [{ propertyKey, operator, value }];
};

export const queryText = ({ tokens }: Query): readonly string[] => tokens.map(tokenText);
export const queryOf = (texts: readonly string[]): Query => ({ tokens: texts.flatMap(tokenOf), operation: 'and' });

const isSeverity = (value: string): value is Severity => (SEVERITIES as readonly string[]).includes(value);

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`)}"`;

/** A token in the query language of the backend. */
const termOf = ({ propertyKey, operator, value }: Token): string => {
  const text = String(value);
  if (propertyKey === undefined) return quoted(text);
  const isNot = operator === '!=';
  if (text === '') return `${isNot ? 'NOT ' : ''}${propertyKey}:none`;
  return `${propertyKey}${isNot ? '!=' : '='}${quoted(text)}`;
};

const isState = (state: string): state is Alert['status'] =>
  state === 'open' || state === 'acknowledged' || state === 'resolved';

/** The usual state of the list: open and acknowledged, because an acknowledged outage is one still. */
export const UNRESOLVED = 'unresolved';

/** All that the page shows as one query, for a change of everything that matches. `typed` is what a person wrote as a query. */
export const wholeQuery = (state: string, { tokens }: Query, typed: string): string =>
  [
    ...(isState(state) || state === UNRESOLVED ? [`status:${state}`] : []),
    ...tokens.map(termOf),
    ...(typed.trim() === '' ? [] : [`(${typed.trim()})`]),
  ].join(' AND ');

/** What is shown, as the backend is asked for it: an equal value of a property by itself, the rest as a query. */
export const backendFilter = (status: string, { tokens }: Query, typed: string): AlertFilter => {
  const only = (key: Key): string | undefined => {
    const [first, ...more] = tokens.filter(({ propertyKey }) => propertyKey === key);
    return more.length === 0 && first?.operator === '=' && first.value !== '' ? String(first.value) : undefined;
  };
  const [severity, service, source] = [only('severity'), only('service'), only('source')];
  const isTaken = ({ propertyKey }: Token): boolean =>
    (propertyKey === 'severity' && severity !== undefined) ||
    (propertyKey === 'service' && service !== undefined) ||
    (propertyKey === 'source' && source !== undefined);
  const query = wholeQuery(
    status === UNRESOLVED ? status : '',
    { tokens: tokens.filter((token) => !isTaken(token)), operation: 'and' },
    typed,
  );
  return {
    ...(query !== '' && { query }),
    ...(isState(status) && { status }),
    ...(severity !== undefined && isSeverity(severity) && { severity }),
    ...(service !== undefined && { service }),
    ...(source !== undefined && { source }),
  };
};

const isMatch = (alert: Alert, { propertyKey, operator, value }: Token): boolean => {
  const wanted = String(value);
  if (propertyKey === undefined) {
    const text = [
      alert.title,
      alert.description,
      alert.service ?? '',
      ...Object.entries(alert.labels).map(([name, of]) => `${name}=${of}`),
    ];
    return text.join('\n').toLowerCase().includes(wanted.toLowerCase());
  }
  const has = (alert[propertyKey as Key] ?? '') === wanted;
  return operator === '!=' ? !has : has;
};

export const matches = (alert: Alert, { tokens }: Query): boolean => tokens.every((token) => isMatch(alert, token));

/** Values to choose from, out of the alerts that were read. */
export const optionsOf = (alerts: readonly Alert[]): PropertyFilterProps.FilteringOption[] => {
  const keys: readonly Key[] = ['service', 'source', 'team', 'assignee'];
  const found = keys.flatMap((propertyKey) =>
    [...new Set(alerts.flatMap((alert) => alert[propertyKey] ?? []))].sort().map((value) => ({ propertyKey, value })),
  );
  return [...SEVERITIES.map((value) => ({ propertyKey: 'severity', value })), ...found];
};
