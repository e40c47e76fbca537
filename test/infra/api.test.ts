import { beforeAll, describe, expect, test } from 'vitest';
import { surface } from '../../infra/surface.ts';
import {
  ofType as resourcesOfType,
  templatesOf,
  type Resource,
  type StackName,
  type Templates,
} from '../support/templates.ts';

let templates: Templates;

beforeAll(async () => {
  templates = await templatesOf('prod');
}, 180_000);

// Actions for which IAM knows no resource: traces, metrics, and subscriptions, which have no resource type of their own.
const WITHOUT_RESOURCE =
  /^(xray:.*|cloudwatch:GetMetricData|sns:GetSubscriptionAttributes|sns:Unsubscribe|dynamodb:ListStreams)$/;

const ofType = (type: string, ...names: StackName[]): Resource[] =>
  resourcesOfType(templates, type, ...names).map(([, resource]) => resource);

describe('the API stack', () => {
  test('stays under 400 of the 500 resources that CloudFormation takes', () => {
    expect(Object.keys(templates.api).length).toBeLessThan(400);
  });

  test('has one explicit method for each route, with an authorizer and a meter unless it is public', () => {
    const methods = ofType('AWS::ApiGateway::Method', 'api');
    const shown = methods.map(({ Properties: p }) => [
      p['OperationName'],
      p['AuthorizationType'],
      p['ApiKeyRequired'] ?? false,
    ]);
    const wanted = surface().map(({ operationId, permission }) =>
      permission === 'public' ? [operationId, 'NONE', false] : [operationId, 'CUSTOM', true],
    );
    expect(shown.sort()).toEqual(wanted.sort());
  });

  test('refuses what is no JSON object at each route that needs a body of our own kind, by one model for all', () => {
    const wanted = surface().filter(({ body, bodyOptional, tolerant }) => body && !bodyOptional && !tolerant);
    const modelled = ofType('AWS::ApiGateway::Method', 'api').filter(({ Properties }) => Properties['RequestModels']);
    expect(modelled.map(({ Properties }) => Properties['OperationName']).sort()).toEqual(
      wanted.map(({ operationId }) => operationId).sort(),
    );
    expect(ofType('AWS::ApiGateway::Model', 'api').map(({ Properties }) => Properties['Schema'])).toEqual([
      expect.objectContaining({ type: 'object' }),
    ]);
  });

  test('may invoke each function by one permission for all of its methods', () => {
    const permissions = ofType('AWS::Lambda::Permission', 'api').filter(
      ({ Properties }) => Properties['Principal'] === 'apigateway.amazonaws.com',
    );
    const serving = new Set(surface().map(({ servedBy }) => servedBy));
    expect(permissions).toHaveLength(serving.size + 1);
  });

  test('takes the meter from the authorizer, and logs and traces no path', () => {
    expect(ofType('AWS::ApiGateway::RestApi', 'api')[0]?.Properties['ApiKeySourceType']).toBe('AUTHORIZER');
    const stage = ofType('AWS::ApiGateway::Stage', 'api')[0]?.Properties ?? {};
    const format = JSON.stringify(stage['AccessLogSetting']);
    expect(format).toContain('$context.resourcePath');
    expect(format).not.toMatch(/context\.path\b/);
    expect(stage['TracingEnabled'] ?? false).toBe(false);
    expect(JSON.stringify(stage['MethodSettings'])).not.toContain('"LoggingLevel":"INFO"');
  });
});

describe('every function', () => {
  test('may do nothing to everything, but where IAM knows no resource', () => {
    const statements = ofType('AWS::IAM::Policy', 'app', 'api').flatMap(
      ({ Properties }) =>
        (Properties['PolicyDocument'] as { Statement: { Action: string | string[]; Resource: unknown }[] }).Statement,
    );
    const broad = statements.filter(({ Resource }) => [Resource].flat().includes('*')).flatMap(({ Action }) => Action);
    expect(broad.filter((action) => !WITHOUT_RESOURCE.test(action))).toEqual([]);
    const without = statements.filter((statement) => 'NotResource' in statement);
    expect(without.map(({ Action }) => Action)).toEqual(without.map(() => 'sns:Publish'));
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.endsWith(':*'))).toEqual([]);
  });

  test('has no secret in its environment', () => {
    for (const { Properties } of ofType('AWS::Lambda::Function', 'app', 'api')) {
      expect(JSON.stringify(Properties['Environment'])).not.toMatch(/resolve:secretsmanager|SecretString|password"/i);
    }
  });
});
