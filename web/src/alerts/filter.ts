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

/** The part of a query that the backend filters: one equal value of a property. */
export const backendFilter = (status: string, { tokens }: Query): AlertFilter => {
  const only = (key: Key): string | undefined => {
    const [first, ...more] = tokens.filter(({ propertyKey }) => propertyKey === key);
    return more.length === 0 && first?.operator === '=' ? String(first.value) : undefined;
  };
  const [severity, service, source] = [only('severity'), only('service'), only('source')];
  return {
    ...((status === 'open' || status === 'acknowledged' || status === 'resolved') && { status }),
    ...(severity !== undefined && isSeverity(severity) && { severity }),
    ...(service !== undefined && { service }),
    ...(source !== undefined && { source }),
  };
};

const isMatch = (alert: Alert, { propertyKey, operator, value }: Token): boolean => {
  const wanted = String(value);
  if (propertyKey === undefined) {
    const text = [alert.title, alert.description, ...Object.entries(alert.labels).map(([name, of]) => `${name}=${of}`)];
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
