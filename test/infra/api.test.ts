import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { surface } from '../../infra/surface.ts';
import { synthesise } from '../../local/synthesise.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Record<string, unknown>;
}

const directory = mkdtempSync(join(tmpdir(), 'tocsin-infra-'));
let stacks: Record<string, Record<string, Resource>>;

beforeAll(async () => {
  const outdir = join(directory, 'cdk.out');
  await synthesise({ root: resolve(import.meta.dirname, '../..'), stage: 'prod', outdir });
  stacks = Object.fromEntries(
    ['data', 'app', 'api'].map((name) => {
      const text = readFileSync(join(outdir, `Tocsin-prod-${name}.template.json`), 'utf8');
      return [name, (JSON.parse(text) as { Resources: Record<string, Resource> }).Resources];
    }),
  );
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

// Actions for which IAM knows no resource: traces, and subscriptions, which have no resource type of their own.
const WITHOUT_RESOURCE = /^(xray:.*|sns:GetSubscriptionAttributes|sns:Unsubscribe|dynamodb:ListStreams)$/;

const ofType = (type: string, ...names: string[]): Resource[] =>
  names.flatMap((name) => Object.values(stacks[name] ?? {})).filter(({ Type }) => Type === type);

describe('the API stack', () => {
  test('stays under 400 of the 500 resources that CloudFormation takes', () => {
    expect(Object.keys(stacks['api'] ?? {}).length).toBeLessThan(400);
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

  test('has a model for each route that needs a body of our own kind', () => {
    const wanted = surface().filter(({ body, bodyOptional, tolerant }) => body && !bodyOptional && !tolerant);
    expect(ofType('AWS::ApiGateway::Model', 'api')).toHaveLength(wanted.length);
  });

  test('may invoke each function by one permission for all of its methods', () => {
    const permissions = ofType('AWS::Lambda::Permission', 'api');
    const contexts = new Set(surface().map(({ context }) => context));
    expect(permissions).toHaveLength(contexts.size + 1);
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

describe('what must not be lost', () => {
  test('tables, secrets, topic and key stay when their stack goes; tables are protected and can be restored', () => {
    const tables = ofType('AWS::DynamoDB::Table', 'data');
    expect(tables.length).toBeGreaterThan(2);
    for (const { DeletionPolicy, Properties } of tables) {
      expect(DeletionPolicy).toBe('Retain');
      expect(Properties['DeletionProtectionEnabled']).toBe(true);
      expect(JSON.stringify(Properties['PointInTimeRecoverySpecification'])).toContain('true');
      expect(JSON.stringify(Properties['SSESpecification'])).toContain('KMS');
    }
    for (const type of ['AWS::SecretsManager::Secret', 'AWS::KMS::Key']) {
      expect(ofType(type, 'data').map(({ DeletionPolicy }) => DeletionPolicy)).not.toContain('Delete');
    }
    expect(Object.keys(stacks['data'] ?? {})).toEqual(
      expect.arrayContaining([
        'AlertsTable',
        'AuthTable',
        'AuditTable',
        'HealthTable',
        'AlertsTopic',
        'DataKey',
        'FirstAdminSecret',
      ]),
    );
  });
});

describe('every function', () => {
  test('is traced, keeps its own log for a while, and runs on the same Node as here', () => {
    const functions = ofType('AWS::Lambda::Function', 'app', 'api');
    expect(functions.length).toBeGreaterThan(10);
    for (const { Properties } of functions) {
      expect(Properties['TracingConfig']).toEqual({ Mode: 'Active' });
      expect(JSON.stringify(Properties['LoggingConfig'])).toContain('LogGroup');
      expect(Properties['Runtime']).toBe('nodejs24.x');
    }
    for (const { Properties } of ofType('AWS::Logs::LogGroup', 'app', 'api')) {
      expect(Properties['RetentionInDays']).toBe(90);
    }
  });

  test('may do nothing to everything, but where IAM knows no resource', () => {
    const statements = ofType('AWS::IAM::Policy', 'app', 'api').flatMap(
      ({ Properties }) =>
        (Properties['PolicyDocument'] as { Statement: { Action: string | string[]; Resource: unknown }[] }).Statement,
    );
    const broad = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    expect(broad.filter((action) => !WITHOUT_RESOURCE.test(action))).toEqual([]);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.endsWith(':*'))).toEqual([]);
  });

  test('has no secret in its environment', () => {
    for (const { Properties } of ofType('AWS::Lambda::Function', 'app', 'api')) {
      expect(JSON.stringify(Properties['Environment'])).not.toMatch(/resolve:secretsmanager|SecretString|password"/i);
    }
  });
});

describe('every queue', () => {
  test('has dead letters, or holds them, and is reached by TLS only', () => {
    const queues = ofType('AWS::SQS::Queue', 'app', 'api');
    const withDeadLetters = queues.filter(({ Properties }) => Properties['RedrivePolicy']);
    expect(withDeadLetters.length).toBeGreaterThan(0);
    expect(ofType('AWS::SQS::QueuePolicy', 'app', 'api')).toHaveLength(queues.length);
  });
});
