import { statSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, onCleanUp, start as startAll, temporaryDirectory } from './services.ts';
import { account, region, resource } from './support.ts';

afterEach(cleanUp);

const arn = `arn:aws:secretsmanager:${region}:${account}:secret:keys-a1b2c3`;
const keys = resource('AWS::SecretsManager::Secret', arn, arn, {
  Name: 'keys',
  GenerateSecretString: { PasswordLength: 40, ExcludePunctuation: true },
});

async function start(options: Parameters<typeof startAll>[1] = {}) {
  const run = await startAll([keys], options);
  const client = new SecretsManagerClient(run.client('SECRETS_MANAGER'));
  onCleanUp(() => client.destroy());
  const read = async (more: { VersionStage?: string; VersionId?: string } = {}) =>
    (await client.send(new GetSecretValueCommand({ SecretId: arn, ...more }))).SecretString;
  const put = (SecretString: string, ClientRequestToken: string, VersionStages?: string[]) =>
    client.send(new PutSecretValueCommand({ SecretId: arn, SecretString, ClientRequestToken, VersionStages }));
  return { ...run, client, read, put };
}

const token = (letter: string) => `${letter.repeat(8)}-0000-4000-8000-000000000000`;

describe('a secret of the template', () => {
  it('has a generated value, found by ARN and by name', async () => {
    const { client, read } = await start();
    const value = await read();
    expect(value).toMatch(/^[A-Za-z0-9]{40}$/);
    expect((await client.send(new GetSecretValueCommand({ SecretId: 'keys' }))).SecretString).toBe(value);
  });

  it('keeps its value across runs in a file of its owner only', async () => {
    const dataDir = temporaryDirectory();
    const first = await start({ dataDir });
    const value = await first.read();
    await first.stop();
    for (const file of readdirSync(join(dataDir, 'secrets'))) {
      expect(statSync(join(dataDir, 'secrets', file)).mode & 0o077).toBe(0);
    }
    const second = await start({ dataDir });
    expect(await second.read()).toBe(value);
    await second.stop();
  });
});

describe('versions', () => {
  it('a new value is current and the one before it is previous', async () => {
    const { client, read, put } = await start();
    await put('one', token('1'));
    await put('two', token('2'));
    expect([await read(), await read({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['two', 'one']);
    const described = await client.send(new DescribeSecretCommand({ SecretId: arn }));
    expect(described.VersionIdsToStages).toEqual({ [token('1')]: ['AWSPREVIOUS'], [token('2')]: ['AWSCURRENT'] });
  });

  it('the same token with the same value is taken once, with another value it is refused', async () => {
    const { read, put } = await start();
    await put('one', token('1'));
    await put('two', token('2'));
    expect((await put('one', token('1'))).VersionId).toBe(token('1'));
    expect(await read()).toBe('two');
    await expect(put('other', token('2'))).rejects.toMatchObject({ name: 'ResourceExistsException' });
  });

  it('a pending value becomes current when its label is moved, and the old one previous', async () => {
    const { client, read, put } = await start();
    await put('old', token('1'));
    await put('new', token('2'), ['AWSPENDING']);
    expect(await read()).toBe('old');
    const move = { SecretId: arn, VersionStage: 'AWSCURRENT', MoveToVersionId: token('2') };
    await expect(client.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await client.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: token('1') }));
    expect([await read(), await read({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['new', 'old']);
  });
});

describe('other secrets', () => {
  it('can be created once', async () => {
    const { client } = await start();
    const create = new CreateSecretCommand({ Name: 'mine', SecretString: 's' });
    const { ARN } = await client.send(create);
    expect((await client.send(new GetSecretValueCommand({ SecretId: ARN }))).SecretString).toBe('s');
    await expect(client.send(create)).rejects.toMatchObject({ name: 'ResourceExistsException' });
  });

  it('that are not there, and operations that are not known, are refused by name', async () => {
    const { client, services } = await start();
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const answer = await fetch(services.endpoints['AWS_ENDPOINT_URL_SECRETS_MANAGER'] as string, {
      method: 'POST',
      headers: { 'x-amz-target': 'secretsmanager.RotateSecret' },
      body: '{}',
    });
    expect(await answer.json()).toMatchObject({
      __type: 'UnknownOperationException',
      message: expect.stringContaining('RotateSecret') as string,
    });
  });
});
