import { allows, type Permission, type PermissionPattern } from '../../../shared/kernel/permission.ts';

/** A route as the authorizer knows it. */
export type GatewayRoute = readonly [
  method: string,
  path: string,
  permission: 'public' | 'any' | Permission,
  /** May be called while the first password must be changed. */
  whileRestricted: boolean,
  narrower?: Permission,
];

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: 'execute-api:Invoke';
  readonly Resource: readonly string[];
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

export interface Principal {
  readonly permissions: readonly PermissionPattern[];
  readonly restricted: boolean;
}

/** What the gateway takes: 8 KB, with room for what it puts around the policy. */
export const MAX_POLICY_BYTES = 7_900;

/** True when the principal may call the route. The policy says the same in the gateway's words. */
export const mayCall = (
  [, , permission, whileRestricted, narrower]: GatewayRoute,
  { permissions, restricted }: Principal,
): boolean =>
  restricted
    ? whileRestricted
    : permission === 'public' || permission === 'any' || allows(permissions, { permission, narrower });

/**
 * What a principal may call, as an IAM policy that is right for every route, since the gateway keeps it for all of them.
 * `base` is the ARN of a stage.
 *
 * A path parameter becomes `*`, and in IAM that matches across slashes too. So a pattern may stand for more than its
 * route: where it also matches a route that is not allowed, that one is denied beside it, unless the denial would hit an
 * allowed one; then the handler, which checks again, refuses alone. A subtree in which everything is allowed becomes one
 * pattern. Never is anything denied that is allowed.
 */
export const policyFor = (base: string, routes: readonly GatewayRoute[], principal: Principal): PolicyDocument => {
  const known = routes.filter(([, , permission]) => permission !== 'public');
  const allowed = known.filter((route) => mayCall(route, principal));
  const denied = known.filter((route) => !mayCall(route, principal));
  if (allowed.length === 0) return documentOf(base, [], ['*']);
  if (denied.length === 0) return documentOf(base, ['*'], []);

  const allows: string[] = [];
  const denies = new Set<string>();
  for (const method of new Set(allowed.map(([name]) => name))) {
    const pathsOf = (of: readonly GatewayRoute[]): string[] =>
      of.filter(([name]) => name === method).map(([, path]) => path);
    const open = pathsOf(allowed);
    const shut = pathsOf(denied);
    for (const pattern of patternsFor('', open, shut)) {
      allows.push(method + pattern);
      for (const path of shut) {
        if (!meets(path, pattern)) continue;
        const denial = patternOf(path);
        if (!open.some((other) => meets(other, denial) && !takesFrom(path, other))) denies.add(method + denial);
      }
    }
  }
  const document = documentOf(base, allows, [...denies]);
  if (JSON.stringify(document).length <= MAX_POLICY_BYTES) return document;
  // So many single routes that they do not fit: the policy names the methods, and the handlers check the routes.
  return documentOf(base, [...new Set(allowed.map(([method]) => `${method}/*`))], []);
};

const documentOf = (base: string, allows: readonly string[], denies: readonly string[]): PolicyDocument => {
  const statement = (Effect: Statement['Effect'], patterns: readonly string[]): Statement[] =>
    patterns.length === 0
      ? []
      : [{ Effect, Action: 'execute-api:Invoke', Resource: patterns.map((pattern) => `${base}/${pattern}`) }];
  return { Version: '2012-10-17', Statement: [...statement('Allow', allows), ...statement('Deny', denies)] };
};

/** The stage of a method's ARN, with region and account left open: the API's id says enough, and it is shorter. */
export const baseOf = (methodArn: string): string => {
  const [arn, partition, service, , , api = ''] = methodArn.split(':');
  return `${arn}:${partition}:${service}:*:*:${api.split('/', 2).join('/')}`;
};

/** The id of the API in a method's ARN. */
export const apiIn = (methodArn: string): string => methodArn.split(':')[5]?.split('/', 1)[0] ?? '';

const patternOf = (path: string): string => path.replace(/\{[^{}]*\}/g, '*');

/** The fewest patterns for the open paths that begin with `prefix`, without touching a shut one where that can be. */
const patternsFor = (prefix: string, open: readonly string[], shut: readonly string[]): string[] => {
  const inside = open.filter((path) => path.startsWith(`${prefix}/`));
  const here = open.filter((path) => path === prefix).map(patternOf);
  const subtree = `${patternOf(prefix)}/*`;
  if (inside.length > 1 && !shut.some((path) => meets(path, subtree))) return [...here, subtree];
  const next = new Set(
    inside.map((path) => path.slice(0, (path.indexOf('/', prefix.length + 1) + 1 || path.length + 1) - 1)),
  );
  return [...here, ...[...next].flatMap((child) => patternsFor(child, open, shut))];
};

/**
 * True when no request that fits both routes goes to the second: the gateway takes them segment by segment, and a fixed
 * one before a parameter.
 */
const takesFrom = (path: string, other: string): boolean => {
  const [own, others] = [path.split('/'), other.split('/')];
  if (own.length !== others.length) return false;
  const i = own.findIndex((segment, at) => segment !== others[at]);
  return i >= 0 && !own[i]?.startsWith('{');
};

/**
 * True when a concrete request for the route `path` can match the IAM pattern: when there are values without slashes for
 * its parameters that make a text which the pattern matches. A walk over both at once.
 */
const meets = (path: string, pattern: string): boolean => {
  const literal = (text: string, end: string): string => (text.includes(end) ? text.slice(0, text.indexOf(end)) : text);
  const start = literal(path, '{');
  const other = literal(pattern, '*');
  if (!start.startsWith(other) && !other.startsWith(start)) return false;

  // `{}` stands for one or more characters other than a slash.
  const steps = path.replace(/\{[^{}]*\}/g, '\0');
  const seen = new Set<number>();
  const walk = (i: number, j: number, inParameter: boolean): boolean => {
    const state = (i * (pattern.length + 1) + j) * 2 + (inParameter ? 1 : 0);
    if (seen.has(state)) return false;
    seen.add(state);
    // A parameter that has a character may end.
    if (inParameter && walk(i + 1, j, false)) return true;
    if (i === steps.length) return pattern.slice(j).replaceAll('*', '') === '';
    const isParameter = steps[i] === '\0';
    const advance = (to: number): boolean => (isParameter ? walk(i, to, true) : walk(i + 1, to, false));
    if (pattern[j] === '*') return walk(i, j + 1, inParameter) || advance(j);
    if (j === pattern.length) return false;
    return isParameter ? pattern[j] !== '/' && advance(j + 1) : steps[i] === pattern[j] && advance(j + 1);
  };
  return walk(0, 0, false);
};
