import { canonical, isFields, isList, textOf, type Fields, type Value } from './value.ts';

/** One kind of the configuration: where the API has it, and what its identity is. */
export interface Kind {
  /** Its section of the document. */
  readonly section: string;
  /** Before the name in a reference, such as `schedule:First line`. */
  readonly reference: string;
  readonly path: string;
  /** How the contract spells the path of one of them. */
  readonly one: string;
  /** What makes two of them the same, whichever installation they are in. */
  identity(item: Fields): string;
  /** Its id is chosen by people and is the same in every installation. */
  isNamedById?(id: string): boolean;
  readonly replace: 'put' | 'patch' | 'never';
  readonly isVersioned: boolean;
  /** Whether an item of the list is configuration; without it all are. */
  isConfiguration?(item: Fields): boolean;
  /** Fields of the document that the first request does not take and a later one does. */
  readonly later?: readonly string[];
  /** Fields that are no configuration. */
  readonly without?: readonly string[];
  /** Fields that other items of this kind must exist for. */
  readonly within?: string;
  /** What people read in place of a name. */
  title?(item: Fields): string;
  /** Never deleted because a document does not name them. */
  readonly stays?: boolean;
}

/** What people read of one: `schedule First line`. */
export const titleIn = (kind: Kind, key: string, item: Fields): string =>
  `${kind.reference} ${kind.title?.(item) ?? key}`;

const name = (item: Fields): string => textOf(item['name']);

const usual = (section: string, reference: string, path: string): Kind => ({
  section,
  reference,
  path,
  one: `${path}/{id}`,
  identity: name,
  replace: 'put',
  isVersioned: true,
});

const matcherText = (matcher: Value): string => {
  if (!isFields(matcher)) return '';
  const { name: label, value, isRegex, isEqual } = matcher;
  const operator = isRegex === true ? (isEqual === false ? '!~' : '=~') : isEqual === false ? '!=' : '=';
  return `${textOf(label)}${operator}${textOf(value)}`;
};

const GENERATED = /^(?:pol|irl)_[0-9a-z]{26}$/;
const isNamedById = (id: string): boolean => !GENERATED.test(id);

/** In the order in which they are made: each names only what stands before it. */
export const KINDS: readonly Kind[] = [
  {
    ...usual('roles', 'role', '/api/roles'),
    one: '/api/roles/{name}',
    isVersioned: false,
    isConfiguration: ({ builtIn }) => builtIn !== true,
  },
  {
    ...usual('users', 'user', '/api/users'),
    identity: ({ username }) => textOf(username),
    replace: 'patch',
    later: ['status'],
    without: ['password', 'resetPassword', 'version'],
    stays: true,
  },
  { ...usual('teams', 'team', '/api/teams'), within: 'parentId' },
  usual('schedules', 'schedule', '/api/oncall/schedules'),
  { ...usual('policies', 'policy', '/api/oncall/policies'), isNamedById },
  { ...usual('services', 'service', '/api/services'), within: 'dependsOn' },
  usual('monitors', 'monitor', '/api/monitoring/monitors'),
  { ...usual('integrations', 'integration', '/api/integrations'), one: '/api/integrations/{key}' },
  usual('rules', 'rule', '/api/monitoring/rules'),
  { ...usual('incidentRules', 'incidentRule', '/api/monitoring/incident-rules'), isNamedById },
  { ...usual('statusPages', 'statusPage', '/api/status/pages'), isNamedById: () => true },
  {
    ...usual('views', 'view', '/api/monitoring/views'),
    identity: ({ list, name: called }) => `${textOf(list)}: ${textOf(called)}`,
    isConfiguration: ({ shared }) => shared === true,
  },
  {
    ...usual('silences', 'silence', '/api/monitoring/silences'),
    identity: (silence) => canonical(silence),
    title: ({ matchers, endsAt, comment }) =>
      `of ${(isList(matchers) ? matchers : []).map(matcherText).join(', ')} until ${textOf(endsAt)}${comment === undefined ? '' : `: ${textOf(comment)}`}`,
    replace: 'never',
    isVersioned: false,
    // Those of a recurring silence are made by it.
    isConfiguration: ({ state, recurringId = null }) => state !== 'expired' && recurringId === null,
    without: ['durationSeconds'],
  },
  {
    ...usual('recurringSilences', 'recurringSilence', '/api/monitoring/recurring-silences'),
    identity: (silence) => canonical(silence),
    title: ({ matchers, recurrence }) =>
      `of ${(isList(matchers) ? matchers : []).map(matcherText).join(', ')}, ${isFields(recurrence) ? textOf(recurrence['rule']) : ''}`,
    replace: 'never',
  },
];

/** What there is once: a whole that is replaced. `list` is its part whose items have names. */
export interface Single {
  readonly section: string;
  readonly path: string;
  readonly list?: { readonly field: string; readonly name: string };
  /** Where the API has the whole below a field. */
  readonly field?: string;
}

export const SINGLES: readonly Single[] = [
  { section: 'routing', path: '/api/routing', list: { field: 'rules', name: 'name' } },
  { section: 'inhibition', path: '/api/monitoring/inhibition', list: { field: 'rules', name: 'name' } },
  { section: 'dashboards', path: '/api/monitoring/dashboards', list: { field: 'items', name: 'id' } },
  { section: 'settings', path: '/api/monitoring/config', field: 'settings' },
];
