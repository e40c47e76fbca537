import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CloudAssembly } from '../../../local/emulator/assembly.ts';
import { readEdge } from '../../../local/emulator/edge/distribution.ts';
import { temporaryDirectory } from '../../support/tools/temporary-directory.ts';

const files = temporaryDirectory('edge-files');
mkdirSync(join(files, 'assets'));
writeFileSync(join(files, 'index.html'), '<p>page');
writeFileSync(join(files, 'assets/a.js'), 'script');

const resource = (physicalId: string, properties: object) => ({ physicalId, arn: physicalId, properties });
const BY_TYPE: Readonly<Record<string, readonly object[]>> = {
  'AWS::S3::Bucket': [resource('files', {})],
  'Custom::CDKBucketDeployment': [
    resource('deployment', { DestinationBucketName: 'files', SourceObjectKeys: ['files.zip'] }),
  ],
  'AWS::CloudFront::Function': [
    resource('arn:pages', {
      FunctionCode:
        'function handler(e) { if (e.request.uri.indexOf(".") < 0) e.request.uri = "/index.html"; return e.request; }',
    }),
  ],
  'AWS::CloudFront::ResponseHeadersPolicy': [
    resource('headers', {
      ResponseHeadersPolicyConfig: {
        SecurityHeadersConfig: { ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'" } },
        CustomHeadersConfig: { Items: [{ Header: 'cache-control', Value: 'no-cache' }] },
      },
    }),
  ],
  'AWS::CloudFront::Distribution': [
    resource('distribution', {
      DistributionConfig: {
        Origins: [
          { Id: 'bucket', DomainName: 'files.s3.eu-central-1.amazonaws.com' },
          { Id: 'api', DomainName: 'abc.execute-api.eu-central-1.amazonaws.com' },
        ],
        DefaultCacheBehavior: {
          TargetOriginId: 'bucket',
          ResponseHeadersPolicyId: 'headers',
          FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: 'arn:pages' }],
        },
        CacheBehaviors: [{ PathPattern: '/api/*', TargetOriginId: 'api' }],
      },
    }),
  ],
};
const assembly = {
  byType: (type: string) => BY_TYPE[type] ?? [],
  assetPath: (key: string) => (key === 'files.zip' ? files : undefined),
} as unknown as CloudAssembly;
const edge = readEdge(assembly);

describe('the distribution of an assembly', () => {
  test('serves files with the headers of their behaviour, and addresses of pages by its function', () => {
    const page = edge('GET', '/some/page');
    expect([page?.status, page?.body.toString()]).toEqual([200, '<p>page']);
    expect(page?.headers).toEqual({
      'content-security-policy': "default-src 'none'",
      'cache-control': 'no-cache',
      'content-type': 'text/html; charset=utf-8',
    });
    expect(edge('GET', '/assets/a.js')?.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  test('leaves paths of the API to the API', () => {
    expect(edge('POST', '/api/things')).toBeUndefined();
  });

  test.each(['/assets/missing.js', '/assets/%2e%2e/%2e%2e/etc/passwd.x', '/%E0%A4%A.js'])('404: %s', (path) => {
    expect(edge('GET', path)?.status).toBe(404);
  });

  test('403: another method on a file', () => {
    expect(edge('DELETE', '/assets/a.js')?.status).toBe(403);
  });

  test('leaves everything to the API where there is none', () => {
    expect(readEdge({ ...assembly, byType: () => [] })('GET', '/')).toBeUndefined();
  });
});
