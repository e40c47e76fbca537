import type { APIGatewayProxyEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { gatewayPathOf, routedWithin } from '../../../shared/http/gateway-path.ts';
import type { Routes } from '../../../shared/http/route.ts';

const common = {
  summary: 'Read',
  permission: 'public',
  success: { status: 200, description: 'Done' },
  vendorRoot: '/v2',
} as const;
const routes = {
  readThing: { ...common, method: 'GET', path: '/v2/things/{id}' },
  readNewest: { ...common, method: 'GET', path: '/v2/things/newest' },
  readPart: { ...common, method: 'GET', path: '/v2/things/{id}/parts/{part}' },
  closeThing: { ...common, method: 'POST', path: '/v2/things/{id}' },
  readNamed: { ...common, method: 'GET', path: '/v2/named/{id}', greedy: 'id' },
  listNamed: { ...common, method: 'GET', path: '/v2/named' },
  countNamed: { ...common, method: 'GET', path: '/v2/named/count' },
  readNotes: { ...common, method: 'GET', path: '/v2/named/{id}/notes', greedy: 'id' },
  actOnNamed: { ...common, method: 'POST', path: '/v2/named/{id}/actions/{action}', greedy: 'id' },
  readOwn: { ...common, method: 'GET', path: '/own/{id}', vendorRoot: '/own' },
} as const satisfies Routes;

const routed = (httpMethod: string, rest: string, resource = '/v2/{rest+}') => {
  const event = { httpMethod, resource, pathParameters: { rest } } as unknown as APIGatewayProxyEvent;
  const { resource: found, pathParameters } = routedWithin(routes)(event);
  return [found, pathParameters];
};

test('the routes of a vendor have one greedy resource, others their own', () => {
  expect(gatewayPathOf(routes.readPart)).toBe('/v2/{rest+}');
  expect(gatewayPathOf({ path: '/api/things/{id}' })).toBe('/api/things/{id}');
});

test.each([
  ['GET', 'things/42', '/v2/things/{id}', { id: '42' }],
  ['GET', 'things/newest', '/v2/things/newest', {}],
  ['GET', 'things/42/parts/7', '/v2/things/{id}/parts/{part}', { id: '42', part: '7' }],
  ['POST', 'things/newest', '/v2/things/{id}', { id: 'newest' }],
  ['GET', 'things/42/', '/v2/things/{id}', { id: '42' }],
  ['GET', 'things/newest//', '/v2/things/newest', {}],
  ['GET', 'things/a%2Fb/parts/c%2fd', '/v2/things/{id}/parts/{part}', { id: 'a%2Fb', part: 'c%2fd' }],
  ['GET', 'named/a/b', '/v2/named/{id}', { id: 'a/b' }],
  ['GET', 'named/a%2Fb', '/v2/named/{id}', { id: 'a%2Fb' }],
  ['GET', 'named', '/v2/named', {}],
  ['GET', 'named/', '/v2/named', {}],
  ['GET', 'named/count', '/v2/named/count', {}],
  ['GET', 'named/a/b/notes/', '/v2/named/{id}/notes', { id: 'a/b' }],
  ['GET', 'named/count/notes', '/v2/named/{id}/notes', { id: 'count' }],
  ['POST', 'named/a/b//c/actions/d%20e', '/v2/named/{id}/actions/{action}', { id: 'a/b//c', action: 'd%20e' }],
  ['GET', 'things/__proto__', '/v2/things/{id}', { id: '__proto__' }],
])('%s %s goes to %s', (method, rest, path, params) => {
  expect(routed(method, rest)).toEqual([path, params]);
});

test.each([
  ['a path that is no route', 'GET', 'others'],
  ['an empty parameter', 'GET', 'things//parts/7'],
  ['a path of another root', 'GET', '42'],
])('%s goes to no route', (_, method, rest) => {
  expect(routed(method, rest)).toEqual(['/v2/{rest+}', { rest }]);
});

test('a method that the path does not have goes to the path, which knows its methods', () => {
  expect(routed('DELETE', 'things/42')).toEqual(['/v2/things/{id}', { id: '42' }]);
});

test('a request to a resource of its own stays as the gateway found it', () => {
  const event = { httpMethod: 'GET', resource: '/api/things/{id}', pathParameters: { id: '42' } };
  expect(routedWithin(routes)(event as unknown as APIGatewayProxyEvent)).toBe(event);
});
