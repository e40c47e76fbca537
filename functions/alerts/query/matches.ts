import type { Alert } from '../alert.ts';
import { earliestOf, FIELDS, mentions, type Field, type Known } from './fields.ts';
import type { Query } from './query.ts';

/** Whether an alert fits a query; undefined where what is known of it does not decide that. */
export const verdictOf = (query: Query, alert: Known, now: Date): boolean | undefined => {
  switch (query.kind) {
    case 'every':
    case 'some': {
      const decides = query.kind === 'some';
      let isOpen = false;
      for (const part of query.of) {
        const verdict = verdictOf(part, alert, now);
        if (verdict === decides) return decides;
        isOpen ||= verdict === undefined;
      }
      return isOpen ? undefined : !decides;
    }
    case 'not': {
      const verdict = verdictOf(query.of, alert, now);
      return verdict === undefined ? undefined : !verdict;
    }
    case 'text':
      return mentions(alert, query.value);
    case 'term': {
      const field: Field = FIELDS[query.field];
      return field.is(alert, query.operator, query.value, now, query.label);
    }
  }
};

/** Whether a whole alert fits a query. */
export const matchesQuery = (query: Query, alert: Alert, now: Date): boolean => verdictOf(query, alert, now) === true;

/** Whether an alert of which only this is known may fit a query. */
export const mayMatch = (query: Query, known: Known, now: Date): boolean => verdictOf(query, known, now) !== false;

/** No alert that was created before this instant fits a query; undefined where older ones may. */
export const createdSince = (query: Query, now: Date): Date | undefined => {
  const at = earliest(query, now);
  return at === undefined ? undefined : new Date(at);
};

const earliest = (query: Query, now: Date): number | undefined => {
  switch (query.kind) {
    case 'every': {
      const all = query.of.map((part) => earliest(part, now)).filter((at) => at !== undefined);
      return all.length > 0 ? Math.max(...all) : undefined;
    }
    case 'some': {
      const all = query.of.map((part) => earliest(part, now));
      return all.every((at) => at !== undefined) ? Math.min(...all) : undefined;
    }
    case 'term':
      return query.field === 'created' ? earliestOf(query.operator, query.value, now) : undefined;
    default:
      return undefined;
  }
};
