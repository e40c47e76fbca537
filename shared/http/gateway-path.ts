import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Route, Routes } from './route.ts';

/** Name of the greedy parameter, which takes all segments that are left. */
export const REST = 'rest';

/** The path of the gateway's resource that takes requests for the route: its own, or the greedy one of its vendor's surface. */
export const gatewayPathOf = ({ path, vendorRoot }: Pick<Route, 'path' | 'vendorRoot'>): string =>
  vendorRoot === undefined ? path : `${vendorRoot}/{${REST}+}`;

/**
 * Finds the route of a request that came through a greedy resource, as the gateway finds those with a resource of their own: a
 * fixed segment wins over a parameter, a slash at the end makes no difference, and an encoded slash is part of its
 * segment. A greedy parameter takes the slashes that were sent as they are, too. Answers the event with the path and the parameters of the route. Where only other methods have a route for the path,
 * the answer is that path, so the handler can name them. Where no route matches the path, the event stays as it is.
 */
export const routedWithin = (routes: Routes): ((event: APIGatewayProxyEvent) => APIGatewayProxyEvent) => {
  const candidates = Object.values(routes)
    .filter(({ vendorRoot }) => vendorRoot !== undefined)
    .map((route) => ({
      method: route.method,
      resource: gatewayPathOf(route),
      path: route.path,
      segments: route.path.slice((route.vendorRoot ?? '').length + 1).split('/'),
      greedy: route.greedy === undefined ? undefined : `{${route.greedy}}`,
    }))
    .sort((one, other) => parametersFirst(other.segments).localeCompare(parametersFirst(one.segments)));

  return (event) => {
    const rest = event.pathParameters?.[REST];
    if (rest === undefined) return event;
    const sent = rest.split('/');
    while (sent.at(-1) === '') sent.pop();
    const onPath = candidates
      .filter(({ resource }) => resource === event.resource)
      .map((each) => ({ ...each, sent: gathered(each, sent) }))
      .filter((each) => matches(each.segments, each.sent));
    const found = onPath.find(({ method }) => method === event.httpMethod) ?? onPath[0];
    return found ? { ...event, resource: found.path, pathParameters: parametersOf(found.segments, found.sent) } : event;
  };
};

/** The segments as sent, those in the place of a greedy parameter as one. */
const gathered = (
  { segments, greedy }: { readonly segments: readonly string[]; readonly greedy: string | undefined },
  sent: readonly string[],
): readonly string[] => {
  const at = greedy === undefined ? -1 : segments.indexOf(greedy);
  const more = sent.length - segments.length;
  if (at < 0 || more <= 0) return sent;
  return [...sent.slice(0, at), sent.slice(at, at + more + 1).join('/'), ...sent.slice(at + more + 1)];
};

const isParameter = (segment: string): boolean => segment.startsWith('{');

/** Sorts behind every path that has a fixed segment where this one has a parameter. */
const parametersFirst = (segments: readonly string[]): string =>
  segments.map((segment) => (isParameter(segment) ? '0' : '1')).join('');

const matches = (segments: readonly string[], sent: readonly string[]): boolean =>
  segments.length === sent.length &&
  segments.every((segment, i) => (isParameter(segment) ? sent[i] !== '' : segment === sent[i]));

const parametersOf = (segments: readonly string[], sent: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    segments.flatMap((segment, i) => (isParameter(segment) ? [[segment.slice(1, -1), sent[i] ?? '']] : [])),
  );
