import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valueMaker } from '../../../functions/auth/deployments/make-values.ts';
import { EMPTY_REGISTER, registerText } from '../../../functions/auth/standby/register.ts';
import { standbyStore } from '../../../functions/auth/standby/store.ts';
import { pagingSecret } from '../../../shared/channels/paging-secret.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { publicKeyOf } from '../../../shared/kernel/key-pair.ts';
import { standingClock } from '../../support/alerts.ts';
import { testCredentials } from '../../support/dynamo.ts';
import { startObjects, type TestObjects } from '../../support/objects.ts';
import { startSecrets, type TestSecrets } from '../../support/secrets.ts';

const LINKS = '/tocsin/test/links';
const DATA_KEY = '/tocsin/test/data-key/1';
const SLACK = '/tocsin/test/slack';
const AUDIT_KEY = '/tocsin/test/audit-key/1';
const AUDIT_PUBLIC_KEY = '/tocsin/test/audit-public-key/1';
const FIRST_LOGIN = '/tocsin/test/first-login';
const KEYS = '/tocsin/test/signing-keys';

let objects: TestObjects;
let secrets: TestSecrets;
beforeEach(async () => {
  [objects, secrets] = await Promise.all([startObjects('standby'), startSecrets()]);
});
afterEach(() => Promise.all([objects.stop(), secrets.stop()]));

const settings = (endpoint: string) => ({
  endpoint,
  region: 'eu-central-1',
  credentials: testCredentials,
  maxAttempts: 1,
});

/** Secrets Manager of a stage that an earlier version made, with the texts of its secrets by their logical ids. */
const earlierVersion = (texts: Readonly<Record<string, string>>, stage = 'test') => {
  const asked: string[] = [];
  const send = async ({ input }: { readonly input: { readonly SecretId?: string } }) => {
    if (input.SecretId === undefined) {
      const Tags = [{ Key: 'tocsin:stage', Value: stage }];
      return { SecretList: Object.keys(texts).map((id) => ({ Name: `${id}-AbCdEf`, ARN: id, Tags })) };
    }
    asked.push(input.SecretId);
    return { SecretString: texts[input.SecretId] };
  };
  const client = Object.assign(new SecretsManagerClient({ region: 'eu-central-1' }), { send }) as SecretsManagerClient;
  return { asked, client };
};

const scene = (earlier = earlierVersion({})) => {
  const ssm = new SSMClient(settings(secrets.endpoint));
  const standby = standbyStore({
    s3: new S3Client({ ...settings(objects.endpoint), forcePathStyle: true }),
    bucket: 'standby',
  });
  const handle = valueMaker(() => ({ stage: 'test', ssm, secrets: earlier.client, standby }));
  return {
    ssm,
    standby,
    handle,
    deploy: (more: Record<string, unknown> = {}, type = 'Create') => deployed(handle, type, more),
  };
};

interface Answer {
  readonly Status?: string;
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly NoEcho?: boolean;
  readonly Data?: Readonly<Record<string, string>>;
}

/** What CloudFormation hears of a request. */
const deployed = async (
  handle: (event: CloudFormationCustomResourceEvent) => Promise<void>,
  RequestType: string,
  { OldResourceProperties, ResourceType = 'Custom::StageValues', ...properties }: Record<string, unknown>,
): Promise<Answer> => {
  let text = '';
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => (text += String(chunk)));
    request.on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await handle({
    RequestType,
    ResourceType,
    PhysicalResourceId: ResourceType === 'Custom::EdgeKey' ? `edge-key-${String(properties['EdgeKey'])}` : 'values',
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ResourceProperties: { KeyArn: 'none', Keeps: 'true', EdgeKey: 'none', ...properties },
    OldResourceProperties,
  } as unknown as CloudFormationCustomResourceEvent);
  server.closeAllConnections();
  server.close();
  return JSON.parse(text) as Answer;
};

const valuesNow = async (): Promise<Readonly<Record<string, string | undefined>>> =>
  Object.fromEntries(
    await Promise.all((await secrets.parameters()).map(async (name) => [name, await secrets.parameter(name)])),
  );

describe('the values of a stage', () => {
  it('are made by the first deployment: a password of the first login, and keys of links, of stored secrets and of the audit trail', async () => {
    expect(await scene().deploy()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'values' });
    const { [FIRST_LOGIN]: login = '', [LINKS]: links, [DATA_KEY]: dataKey, ...others } = await valuesNow();
    const { [AUDIT_KEY]: auditKey = '', [AUDIT_PUBLIC_KEY]: auditPublicKey, ...more } = others;
    expect(JSON.parse(login)).toEqual({ username: 'admin', password: expect.stringMatching(/^[\w-]{32}$/) as unknown });
    expect(links).toMatch(/^[\w-]{64}$/);
    expect(Buffer.from(dataKey ?? '', 'base64url')).toHaveLength(32);
    expect(auditPublicKey).toBe(publicKeyOf(auditKey));
    expect(more).toEqual({});
  });

  it('stay as they are at each later deployment, with another key too, and over what a stage left behind', async () => {
    const { deploy } = scene();
    await deploy();
    const before = await valuesNow();
    expect(Object.keys(before)).toEqual([AUDIT_KEY, AUDIT_PUBLIC_KEY, DATA_KEY, FIRST_LOGIN, LINKS]);
    await deploy();
    await deploy({ KeyArn: 'arn:aws:kms:key/2', OldResourceProperties: { KeyArn: 'none' } }, 'Update');
    await deploy({ KeyArn: 'arn:aws:kms:key/2' });
    expect(await valuesNow()).toEqual(before);
  });

  it('are completed by the next deployment where one ended between the two keys of the audit trail', async () => {
    const { deploy } = scene();
    await deploy();
    const before = await valuesNow();
    await secrets.deleteParameter(AUDIT_PUBLIC_KEY);
    await deploy();
    expect(await valuesNow()).toEqual(before);
  });

  it('are made once by two deployments at once', async () => {
    const { deploy } = scene();
    const answers = await Promise.all([deploy(), deploy(), deploy()]);
    expect(answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
    const made = await valuesNow();
    expect(made[AUDIT_PUBLIC_KEY]).toBe(publicKeyOf(made[AUDIT_KEY] ?? ''));
    expect(Object.keys(await valuesNow())).toEqual([AUDIT_KEY, AUDIT_PUBLIC_KEY, DATA_KEY, FIRST_LOGIN, LINKS]);
  });

  it('are taken from the secrets of an earlier version once, with the register of who may call', async () => {
    const ring = [{ kid: 'one' }, { kid: 'two' }];
    const register = { ...EMPTY_REGISTER, keptAt: '2026-11-30T00:00:00.000Z', roles: [] };
    const earlier = earlierVersion({
      FirstAdminSecret: '{"username":"root","password":"of before"}',
      PagingSecret: '{"key":"k","slackBotToken":"xoxb","slackSigningSecret":"s"}',
      SigningKeysSecret: JSON.stringify({ keys: ring, unused: 'x' }),
      StandbySecret: registerText(register),
    });
    const { deploy, ssm, standby } = scene(earlier);
    expect(await deploy()).toMatchObject({ Status: 'SUCCESS' });
    expect(await valuesNow()).toEqual({
      [FIRST_LOGIN]: '{"username":"root","password":"of before"}',
      [LINKS]: 'k',
      [DATA_KEY]: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      [AUDIT_KEY]: expect.any(String) as unknown,
      [AUDIT_PUBLIC_KEY]: expect.any(String) as unknown,
      [SLACK]: '{"slackBotToken":"xoxb","slackSigningSecret":"s"}',
      [`${KEYS}/1`]: '{"kid":"one"}',
      [`${KEYS}/2`]: '{"kid":"two"}',
    });
    expect((await standby.read()).register).toEqual(register);
    const read = pagingSecret({ clock: standingClock(), ssm }, { links: LINKS, slack: SLACK });
    expect(await read()).toEqual({ key: 'k', slackBotToken: 'xoxb', slackSigningSecret: 's' });
    const { length } = earlier.asked;
    await deploy();
    expect(earlier.asked).toHaveLength(length);
  });

  it('are taken from the secret that the deployment names rather than from the youngest', async () => {
    const { deploy } = scene(earlierVersion({ PagingSecret: '{"key":"youngest"}', named: '{"key":"named"}' }));
    await deploy({ Earlier: { PagingSecret: 'named' } });
    expect(await secrets.parameter(LINKS)).toBe('named');
  });

  it('are not taken from another stage', async () => {
    const { deploy } = scene(earlierVersion({ PagingSecret: '{"key":"of another"}' }, 'prod'));
    await deploy();
    expect(await secrets.parameter(LINKS)).toMatch(/^[\w-]{64}$/);
  });

  it('stay when the stage goes, but for a stage whose data goes with it', async () => {
    const { deploy, standby } = scene();
    await deploy();
    await standby.follow(await standby.read(), EMPTY_REGISTER);
    expect(await deploy({}, 'Delete')).toMatchObject({ Status: 'SUCCESS' });
    expect(await secrets.parameters()).toHaveLength(5);
    expect(await deploy({ Keeps: 'false' }, 'Delete')).toMatchObject({ Status: 'SUCCESS' });
    expect(await secrets.parameters()).toEqual([]);
    expect((await standby.read()).version).toBeUndefined();
  });

  it('fail the deployment with the reason where Parameter Store refuses, and are made by the next', async () => {
    const { deploy } = scene();
    secrets.refuse('ThrottlingException');
    expect(await deploy()).toMatchObject({ Status: 'FAILED', Reason: 'Rate exceeded' });
    secrets.refuse(undefined);
    expect(await deploy()).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('the key of the edge', () => {
  const hashesIn = (answer: Answer): readonly string[] => (answer.Data?.['EdgeKeyHashes'] ?? '').split(',');
  const keyOf = async ({ deploy }: ReturnType<typeof scene>, EdgeKey: string, type = 'Create') =>
    deploy({ ResourceType: 'Custom::EdgeKey', EdgeKey }, type);

  it('is made at the deployment; functions get its hash, and CloudFront the key, which CloudFormation shows nowhere', async () => {
    const stage = scene();
    const made = await stage.deploy({ EdgeKey: '1' });
    const shown = await keyOf(stage, '1');
    const key = shown.Data?.['Key'] ?? '';
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(await secrets.parameter('/tocsin/test/edge-key/1')).toBe(key);
    expect(shown).toMatchObject({ Status: 'SUCCESS', NoEcho: true, PhysicalResourceId: 'edge-key-1' });
    expect(hashesIn(made)).toEqual([sha256(key)]);
    expect(JSON.stringify(made)).not.toContain(key);
    expect(hashesIn(await stage.deploy({ EdgeKey: '1' }))).toEqual([sha256(key)]);
  });

  it('is one of two while it changes, forwards and back, and the one before the last counts no more', async () => {
    const stage = scene();
    const deployed: string[][] = [];
    for (const EdgeKey of ['1', '2', '1', '2', '3']) {
      const hashes = hashesIn(await stage.deploy({ EdgeKey }));
      const keys = await Promise.all(['1', '2', '3'].map((each) => keyOf(stage, each)));
      deployed.push(
        hashes.map((hash) => String(keys.findIndex(({ Data }) => sha256(Data?.['Key'] ?? '') === hash) + 1)),
      );
    }
    expect(deployed).toEqual([['1'], ['2', '1'], ['1', '2'], ['2', '1'], ['3', '2']]);
  });

  it('is taken from the secret of an earlier version, so that CloudFront shows what it did', async () => {
    const stage = scene(earlierVersion({ EdgeKeySecret: 'of before' }));
    expect(hashesIn(await stage.deploy({ EdgeKey: '1' }))).toEqual([sha256('of before')]);
    expect(hashesIn(await stage.deploy({ EdgeKey: '2' }))).not.toContain(sha256('of before'.slice(1)));
    expect((await keyOf(stage, '2')).Data?.['Key']).not.toBe('of before');
  });

  it('fails the deployment of the edge where it was not made, and stays when the edge goes', async () => {
    const stage = scene();
    expect(await keyOf(stage, '1')).toMatchObject({ Status: 'FAILED', Reason: 'There is no key 1 of the edge' });
    await stage.deploy({ EdgeKey: '1' });
    expect(await keyOf(stage, '1', 'Delete')).toMatchObject({ Status: 'SUCCESS' });
    expect((await keyOf(stage, '1')).Status).toBe('SUCCESS');
    expect(await keyOf(stage, '0')).toMatchObject({ Status: 'FAILED' });
  });

  it('is not made for a stage without an edge', async () => {
    const { Data } = await scene().deploy();
    expect(Data).toEqual({ EdgeKeyHashes: '' });
    expect(await secrets.parameters()).toEqual([AUDIT_KEY, AUDIT_PUBLIC_KEY, DATA_KEY, FIRST_LOGIN, LINKS]);
  });
});

describe('what messages are signed with', () => {
  const read = async (clock = standingClock()) => {
    const { deploy, ssm } = scene();
    await deploy();
    return { clock, read: pagingSecret({ clock, ssm }, { links: LINKS, slack: SLACK }) };
  };

  it('has no tokens of Slack before an operator writes them', async () => {
    const { read: secret } = await read();
    expect(await secret()).toEqual({ key: await secrets.parameter(LINKS), slackBotToken: '', slackSigningSecret: '' });
  });

  it('is believed while Parameter Store refuses', async () => {
    const { clock, read: secret } = await read();
    const before = await secret();
    clock.advance(301_000);
    secrets.refuse('ThrottlingException');
    expect(await secret()).toEqual(before);
  });
});
