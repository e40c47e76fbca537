import { beforeAll, describe, expect, test } from 'vitest';
import { GATEWAY_PARTS, surface } from '../../infra/surface.ts';
import { readAssembly } from '../../local/emulator/assembly.ts';
import { readApi } from '../../local/emulator/gateway/api.ts';
import { createRouter, type Router } from '../../local/emulator/gateway/router.ts';
import type { Assembly } from '../../local/emulator/types.ts';
import {
  ofType as resourcesOfType,
  stagesAssembly,
  templatesOf,
  type Resource,
  type Templates,
} from '../support/templates.ts';

let templates: Templates;
let assembly: Assembly;
let route: Router;

beforeAll(async () => {
  templates = await templatesOf('prod');
  const { directory, remove } = await stagesAssembly();
  assembly = readAssembly(directory, 'prod');
  remove();
  route = createRouter(readApi(assembly)?.methods ?? []);
});

// Actions for which IAM knows no resource: traces, metrics, costs, and subscriptions, which have no resource type of their own.
const WITHOUT_RESOURCE =
  /^(xray:.*|cloudwatch:GetMetricData|ce:GetCostAndUsage|sns:GetSubscriptionAttributes|sns:Unsubscribe|sns:GetSMS\w+|dynamodb:ListStreams)$/;

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const ofType = (type: string, ...names: (keyof Templates)[]): Resource[] =>
  resourcesOfType(templates, type, ...names).map(([, resource]) => resource);

describe('the API', () => {
  test('tells the functions its public address by a variable of its stage, which no request can choose', () => {
    expect(readApi(assembly)?.stageVariables).toEqual({
      publicUrl: expect.stringMatching(/^https:\/\/\w+\.execute-api\.[\w-]+\.amazonaws\.com\/prod\/$/),
    });
  });

  test('has room to grow: every stack stays under 400 of its 500 resources, and the API under 280 of its 300 paths', () => {
    const stacks = Object.entries(templates).filter(([name]) => name !== 'routes');
    const parts = Object.groupBy(Object.keys(templates.routes), (id) => id.split('/', 1)[0] ?? '');
    const counts: Record<string, number> = {
      ...Object.fromEntries(stacks.map(([name, resources]) => [name, Object.keys(resources).length])),
      ...Object.fromEntries(Object.entries(parts).map(([part, ids = []]) => [part, ids.length])),
    };
    expect(Object.keys(parts).sort()).toEqual(Object.keys(GATEWAY_PARTS).sort());
    expect(Object.entries(counts).filter(([, resources]) => resources >= 400)).toEqual([]);
    const paths = ofType('AWS::ApiGateway::Resource', 'api', 'routes').length;
    expect(paths, `paths of the API; resources of stacks: ${JSON.stringify(counts)}`).toBeLessThan(280);
  });

  test.each(surface().map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s reaches the function that serves it, past the authorizer and a meter unless it is public, within its throttle',
    (_, { method, path, servedBy, permission, throttle, tolerant }) => {
      const sent = path.replaceAll(/\{\w+\}/g, 'a%2Fb');
      for (const each of tolerant ? [sent, `${sent}/`] : [sent]) {
        const found = route(method, each)?.method ?? expect.fail('the gateway has no such method');
        const serving = assembly.find(found.integration.type === 'lambda' ? found.integration.functionArn : '');
        expect(serving?.properties['Environment']?.Variables.POWERTOOLS_SERVICE_NAME).toBe(servedBy);
        expect([found.authorizer !== undefined, found.apiKeyRequired]).toEqual(
          permission === 'public' ? [false, false] : [true, true],
        );
        if (throttle) {
          expect(found.throttle).toEqual({ rateLimit: throttle.requestsPerSecond, burstLimit: throttle.burst });
        }
      }
    },
  );

  test('has a method of its own for each route outside the surfaces of vendors, and one for each method of such a surface', () => {
    const shown = ofType('AWS::ApiGateway::Method', 'api', 'routes').map(({ Properties: p }) => p['OperationName']);
    const wanted = surface().flatMap(({ operationId, vendorRoot, method, keyInBody }) =>
      vendorRoot === undefined
        ? // Its other methods are refused in the shape of the vendor.
          [operationId, ...(keyInBody ? [`Refuse other methods of ${operationId}`] : [])]
        : [`${method} below ${vendorRoot}`],
    );
    expect(shown.sort()).toEqual([...new Set(wanted)].sort());
  });

  test('refuses what is no JSON object at each route that needs a body of our own kind, by one model for all', () => {
    const wanted = surface().filter(({ body, bodyOptional, tolerant }) => body && !bodyOptional && !tolerant);
    const modelled = ofType('AWS::ApiGateway::Method', 'routes').filter(
      ({ Properties }) => Properties['RequestModels'],
    );
    expect(modelled.map(({ Properties }) => Properties['OperationName']).sort()).toEqual(
      wanted.map(({ operationId }) => operationId).sort(),
    );
    expect(ofType('AWS::ApiGateway::Model', 'api').map(({ Properties }) => Properties['Schema'])).toEqual([
      expect.objectContaining({ type: 'object' }),
    ]);
  });

  test('may invoke each function by one permission for all of its methods, and those of intake by one more at the address for machines', () => {
    const permissions = ofType('AWS::Lambda::Permission', 'api').filter(
      ({ Properties }) => Properties['Principal'] === 'apigateway.amazonaws.com',
    );
    const serving = new Set(surface().map(({ servedBy }) => servedBy));
    const keyed = surface().filter(({ presentedKey, keyInBody }) => presentedKey !== undefined || keyInBody);
    const takesMachines = new Set(keyed.map(({ servedBy }) => servedBy));
    expect([...takesMachines].sort()).toEqual(['integrations', 'integrations-opsgenie', 'integrations-pagerduty']);
    // The authorizer is one more.
    expect(permissions).toHaveLength(serving.size + takesMachines.size + 1);
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
    const statements = ofType('AWS::IAM::Policy', 'app', 'api', 'observability')
      .flatMap(({ Properties }) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement)
      .filter(({ Effect }) => Effect === 'Allow');
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
