import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { HttpApi } from '../../infra/constructs/http-api.ts';
import { STAGES } from '../../infra/config.ts';
import type { SurfaceRoute } from '../../infra/surface.ts';

const route = (operationId: string, path: `/${string}`, more: Partial<SurfaceRoute> = {}): SurfaceRoute => ({
  operationId,
  method: 'GET',
  path,
  servedBy: 'things',
  context: 'things',
  summary: 'Read',
  permission: 'any',
  success: { status: 200, description: 'Done' },
  ...more,
});
const ROUTES = [route('listThings', '/api/things'), route('readThing', '/api/things/{id}'), route('read', '/other')];

const PARTS = { Things: ['/api/things'], Others: [''] };
const gateway = (routes: readonly SurfaceRoute[]) => {
  const stack = new Stack(new App(), 'Gateway');
  const arn = (name: string) => `arn:aws:lambda:eu-central-1:111122223333:function:${name}`;
  const functionArns = { things: arn('things'), other: arn('other') };
  const stage = STAGES['dev'] ?? expect.fail('there is no stage dev');
  new HttpApi(stack, 'Http', { stage, routes, parts: PARTS, functionArns, authorizerArn: arn('authorizer') });
  const template = Template.fromStack(stack);
  const [[id = '', deployment] = []] = Object.entries(template.findResources('AWS::ApiGateway::Deployment'));
  return {
    deployment: id,
    dependsOn: deployment?.['DependsOn'] as readonly string[],
    nested: Object.keys(template.findResources('AWS::CloudFormation::Stack')),
    paths: Object.values(template.findResources('AWS::ApiGateway::Resource')).map(
      (each) => (each['Properties'] as { PathPart: string }).PathPart,
    ),
  };
};

describe('the deployment of the gateway', () => {
  test('is made after the methods of every nested stack', () => {
    const { nested, dependsOn } = gateway(ROUTES);
    expect(nested).toHaveLength(2);
    expect(dependsOn).toEqual(expect.arrayContaining(nested));
  });

  test.each([
    ['is added', [...ROUTES, route('listParts', '/api/things/{id}/parts')]],
    ['goes', ROUTES.slice(1)],
    ['moves to another function', ROUTES.map((each) => ({ ...each, servedBy: 'other' }))],
    ['becomes public', [...ROUTES.slice(0, 2), route('read', '/other', { permission: 'public' })]],
  ])('is another when a route %s', (_, routes) => {
    expect(gateway(routes).deployment).not.toBe(gateway(ROUTES).deployment);
  });

  test('is the same while no route changes', () => {
    expect(gateway(ROUTES.map((each) => ({ ...each, summary: 'In other words' }))).deployment).toBe(
      gateway(ROUTES).deployment,
    );
  });
});

describe('the parts of the gateway', () => {
  test('share only the paths above them, so no path moves when a route is added or served by another function', () => {
    expect(gateway(ROUTES).paths).toEqual(['api']);
    expect(gateway([...ROUTES, route('more', '/api/more')]).paths).toEqual(['api']);
  });
});

describe('the surface of a vendor', () => {
  const vendor = { vendorRoot: '/v2' } as const;

  test.each([
    ['by two functions', [route('one', '/v2/one', vendor), route('two', '/v2/two', { ...vendor, servedBy: 'other' })]],
    ['public and not', [route('one', '/v2/one', vendor), route('two', '/v2/two', { ...vendor, permission: 'public' })]],
  ])('is refused where one method would be served %s', (_, routes) => {
    expect(() => gateway(routes)).toThrow('cannot serve two and one by one method');
  });

  test('is refused where another route has a resource at one of its paths, since the gateway would look only there', () => {
    const routes = [route('one', '/v2/one', vendor), route('two', '/v2/one', { method: 'POST' })];
    expect(() => gateway(routes)).toThrow('/v2/one has a resource of its own');
  });

  test('is refused where a route of it is not below its root', () => {
    expect(() => gateway([route('one', '/v20/one', vendor)])).toThrow('/v20/one is not below /v2');
  });
});

test('a web ACL refuses an address that sends more requests than one may, where it is asked for', () => {
  const served = (requestsInFiveMinutes?: number): Template => {
    const stack = new Stack(new App(), 'Served');
    const stage = STAGES['prod'] ?? expect.fail('there is no stage prod');
    new HttpApi(stack, 'Http', {
      stage: { ...stage, ...(requestsInFiveMinutes !== undefined && { requestsInFiveMinutes }) },
      routes: ROUTES,
      parts: PARTS,
      functionArns: { things: 'arn:aws:lambda:eu-central-1:111122223333:function:things' },
      authorizerArn: 'arn:aws:lambda:eu-central-1:111122223333:function:authorizer',
    });
    return Template.fromStack(stack);
  };
  served().resourceCountIs('AWS::WAFv2::WebACL', 0);
  const template = served(2_000);
  template.hasResourceProperties('AWS::WAFv2::WebACL', {
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
    Rules: [
      Match.objectLike({
        Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2_000, EvaluationWindowSec: 300 } },
        Action: { Block: { CustomResponse: Match.objectLike({ ResponseCode: 429 }) } },
      }),
    ],
  });
  const [stageId = ''] = Object.keys(template.findResources('AWS::ApiGateway::Stage'));
  const [association] = Object.values(template.findResources('AWS::WAFv2::WebACLAssociation'));
  expect(JSON.stringify(association?.['Properties'].ResourceArn)).toContain(stageId);
});

test('without an edge a domain serves the stage at its root, and is the address that links begin with', () => {
  const stack = new Stack(new App(), 'Served');
  const stage = STAGES['dev'] ?? expect.fail('there is no stage dev');
  const certificateArn = 'arn:aws:acm:eu-central-1:111122223333:certificate/1';
  const { url } = new HttpApi(stack, 'Http', {
    stage: { ...stage, edge: false, domain: { name: 'tocsin.example.com', certificateArn } },
    routes: ROUTES,
    parts: PARTS,
    functionArns: { things: 'arn:aws:lambda:eu-central-1:111122223333:function:things' },
    authorizerArn: 'arn:aws:lambda:eu-central-1:111122223333:function:authorizer',
  });
  expect(url).toBe('https://tocsin.example.com/');
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ApiGateway::DomainName', {
    DomainName: 'tocsin.example.com',
    RegionalCertificateArn: certificateArn,
    SecurityPolicy: 'TLS_1_2',
  });
  template.hasResourceProperties('AWS::ApiGateway::BasePathMapping', { BasePath: Match.absent() });
  // Nothing depends on the address that goes when the API is made again.
  template.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
});
