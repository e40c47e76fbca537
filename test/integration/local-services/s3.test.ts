import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, onCleanUp, start as startAll, temporaryDirectory } from './services.ts';
import { resource } from './support.ts';

afterEach(cleanUp);

const bucket = resource('AWS::S3::Bucket', 'pages', 'arn:aws:s3:::pages', {});
const closed = resource('AWS::S3::Bucket', 'closed', 'arn:aws:s3:::closed', {});
const policy = resource('AWS::S3::BucketPolicy', 'policy', 'policy', {
  Bucket: 'pages',
  PolicyDocument: { Statement: [{ Principal: { Service: 'cloudfront.amazonaws.com' }, Action: 's3:GetObject' }] },
});

async function start(options: Parameters<typeof startAll>[1] = {}) {
  const run = await startAll([bucket, closed, policy], options);
  const client = new S3Client({ ...run.client('S3'), maxAttempts: 1 });
  onCleanUp(() => client.destroy());
  const put = (Key: string, Body: string, more: object = {}) =>
    client.send(new PutObjectCommand({ Bucket: 'pages', Key, Body, ...more }));
  const read = async (Key: string) => {
    const { Body, ...rest } = await client.send(new GetObjectCommand({ Bucket: 'pages', Key }));
    return { ...rest, text: (await Body?.transformToString()) ?? '' };
  };
  return { ...run, client, put, read };
}

describe('an object', () => {
  it('comes back whole, with its type, its cache control and its metadata, also in the next run', async () => {
    const dataDir = temporaryDirectory();
    const first = await start({ dataDir });
    const more = { ContentType: 'text/html; charset=utf-8', CacheControl: 'max-age=5', Metadata: { revision: '7' } };
    const { ETag } = await first.put('status/ü & co', '<p>šůß 🙂</p>', more);
    await first.stop();
    const second = await start({ dataDir });
    expect(await second.read('status/ü & co')).toMatchObject({ text: '<p>šůß 🙂</p>', ETag, ...more });
    const head = await second.client.send(new HeadObjectCommand({ Bucket: 'pages', Key: 'status/ü & co' }));
    expect(head).toMatchObject({ ETag, Metadata: { revision: '7' } });
  });

  it('is refused by a condition that does not hold, and is as it was', async () => {
    const { put, read } = await start();
    const first = await put('a', '1', { IfNoneMatch: '*' });
    await expect(put('a', '2', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await put('a', '3', { IfMatch: first.ETag });
    await expect(put('a', '4', { IfMatch: first.ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(put('b', '5', { IfMatch: first.ETag })).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect((await read('a')).text).toBe('3');
  });

  it('is refused by the name of the error where it does not exist', async () => {
    const { client, read } = await start();
    await expect(read('missing')).rejects.toMatchObject({ name: 'NoSuchKey' });
    const head = client.send(new HeadObjectCommand({ Bucket: 'pages', Key: 'missing' }));
    await expect(head).rejects.toMatchObject({ name: 'NotFound' });
  });
});

describe('a distribution', () => {
  it('serves the objects of a bucket that CloudFront may read, and of no other', async () => {
    const { services, put, client } = await start();
    await put('status/acme', 'hello', { ContentType: 'text/plain' });
    await client.send(new PutObjectCommand({ Bucket: 'closed', Key: 'secret', Body: 'hidden' }));
    const file = services.servedFile('/status/acme');
    expect(file?.headers).toMatchObject({ 'content-type': 'text/plain' });
    expect(file?.body.toString()).toBe('hello');
    expect(services.servedFile('/secret')).toBeUndefined();
    expect(services.servedFile('/%E0%A4%A')).toBeUndefined();
  });
});
