import { gatewayPathOf } from '../../shared/http/gateway-path.ts';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { STAGES } from '../../infra/config.ts';
import { HttpApi } from '../../infra/constructs/http-api.ts';
import { IngestApi } from '../../infra/constructs/ingest-api.ts';
import { Watch } from '../../infra/constructs/watch.ts';
import { watchApi } from '../../infra/observability.ts';
import { withOptions } from '../../infra/options.ts';
import { SURFACE, surface } from '../../infra/surface.ts';

const stage = STAGES['prod'] ?? expect.fail('there is no stage prod');
const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:111122223333:function:${name}`;

const made = (): Template => {
  const stack = new Stack(new App(), 'Ingest');
  const functionArns = Object.fromEntries(Object.keys(SURFACE).map((name) => [name, arnOf(name)]));
  new IngestApi(stack, 'Ingest', { stage, routes: surface(), functionArns, accessLogFormat: '{}' });
  return Template.fromStack(stack);
};

const properties = (template: Template, type: string) =>
  Object.values(template.findResources(`AWS::ApiGatewayV2::${type}`)).map(
    (each) => (each as { Properties: Record<string, unknown> }).Properties,
  );

describe('the address for machines', () => {
  test('serves the routes whose key the function checks, and no other', () => {
    const keyed = surface().filter(({ presentedKey, keyInBody }) => presentedKey !== undefined || keyInBody);
    expect(new Set(keyed.map(({ servedBy }) => servedBy))).toEqual(
      new Set(['integrations', 'integrations-opsgenie', 'integrations-pagerduty']),
    );
    expect(
      properties(made(), 'Route')
        .map(({ RouteKey }) => RouteKey)
        .sort(),
    ).toEqual([
      'DELETE /api.pagerduty.com/{rest+}',
      'DELETE /v2/{rest+}',
      'GET /api.pagerduty.com/{rest+}',
      'GET /v2/{rest+}',
      'PATCH /v2/{rest+}',
      'POST /api.pagerduty.com/{rest+}',
      'POST /api/integrations/{key}/alertmanager',
      'POST /api/integrations/{key}/webhook',
      'POST /api/v2/alerts',
      'POST /generic/2010-04-15/create_event.json',
      'POST /v2/change/enqueue',
      'POST /v2/enqueue',
      'POST /v2/{rest+}',
      'PUT /api.pagerduty.com/{rest+}',
      'PUT /v2/{rest+}',
    ]);
  });

  test('has the throttle of each route that the REST API has', () => {
    const [settings] = properties(made(), 'Stage');
    const throttles = new Map(
      surface().flatMap(({ presentedKey, keyInBody, throttle, ...route }) =>
        (presentedKey || keyInBody) && throttle ? [[`${route.method} ${gatewayPathOf(route)}`, throttle]] : [],
      ),
    );
    expect(throttles.size).toBe(15);
    expect(settings?.['RouteSettings']).toEqual(
      Object.fromEntries(
        [...throttles].map(([key, { requestsPerSecond: ThrottlingRateLimit, burst: ThrottlingBurstLimit }]) => [
          key,
          { ThrottlingRateLimit, ThrottlingBurstLimit },
        ]),
      ),
    );
    expect(settings?.['StageName'], 'so that paths have no stage in them').toBe('$default');
  });

  test('calls the functions of the REST API with the events of a REST API', () => {
    expect(properties(made(), 'Integration')).toMatchObject([
      { IntegrationUri: arnOf('integrations'), PayloadFormatVersion: '1.0', TimeoutInMillis: 29_000 },
      { IntegrationUri: arnOf('integrations-opsgenie'), PayloadFormatVersion: '1.0', TimeoutInMillis: 29_000 },
      { IntegrationUri: arnOf('integrations-pagerduty'), PayloadFormatVersion: '1.0', TimeoutInMillis: 29_000 },
    ]);
  });

  test.each([
    ['beside the REST API', {}, 1],
    ['not for a stage that leaves it out', { ingestApi: 'false' }, 0],
  ])('is made %s', (_, options: Record<string, string>, count) => {
    const stack = new Stack(new App(), 'Api');
    const routes = surface().filter(({ servedBy }) => servedBy === 'integrations' || servedBy === 'audit');
    const stageOf = withOptions(stage, (name) => options[name]);
    const functionArns = { integrations: arnOf('integrations'), audit: arnOf('audit') };
    new HttpApi(stack, 'Http', {
      stage: stageOf,
      routes,
      parts: { Others: [''] },
      functionArns,
      authorizerArn: arnOf('a'),
    });
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Api', count);
  });

  test('has an alarm on its server errors, as the REST API has', () => {
    const stack = new Stack(new App(), 'Watched');
    const http = new HttpApi(stack, 'Http', {
      stage: withOptions(stage, (name) => (name === 'ingestApi' ? 'true' : undefined)),
      routes: surface().filter(({ servedBy }) => servedBy === 'integrations' || servedBy === 'audit'),
      parts: { Others: [''] },
      functionArns: { integrations: arnOf('integrations'), audit: arnOf('audit') },
      authorizerArn: arnOf('a'),
    });
    watchApi(new Watch(stack, 'Watch', [new Topic(stack, 'Topic')]), http);
    const template = Template.fromStack(stack);
    const [apiId] = Object.keys(template.findResources('AWS::ApiGatewayV2::Api'));
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/ApiGateway',
      MetricName: '5xx',
      Dimensions: [{ Name: 'ApiId', Value: { Ref: apiId } }],
    });
  });
});
