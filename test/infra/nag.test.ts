import { App, aws_apigateway as apigateway, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { addStages } from '../../infra/application.ts';
import { STAGES } from '../../infra/config.ts';
import { HttpApi } from '../../infra/constructs/http-api.ts';
import { acknowledgeFindings } from '../../infra/nag.ts';
import { GATEWAY_PARTS, surface } from '../../infra/surface.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

test('cdk-nag fails the synthesis of an application with a planted finding, also in a nested stack of routes', () => {
  expect(findingsIn(() => undefined)).toBe('');
  const bucket = findingsIn((stack) => new s3.Bucket(stack, 'Planted'));
  expect(bucket).toMatch(/AwsSolutions-S1'/);
  const method = findingsIn((_, [route]) => {
    const resource = route?.resource ?? expect.fail('there is no route');
    new apigateway.Method(route?.node.scope ?? resource, 'Planted', { httpMethod: 'PUT', resource });
  });
  expect(method).toMatch(/AwsSolutions-APIG4'/);
}, 60_000);

/** Why an application with a public route and what is planted beside it cannot be synthesised; empty where it can. */
const findingsIn = (plant: (stack: Stack, methods: readonly apigateway.Method[]) => unknown): string => {
  const stage = STAGES['prod'] ?? expect.fail('there is no stage prod');
  const app = new App({ outdir: temporaryDirectory('planted') });
  addStages(app, [], { names: [], directory: () => '' }, () => '');
  const stack = new Stack(app, 'Planted');
  const arn = 'arn:aws:lambda:eu-central-1:111122223333:function:docs';
  const routes = surface().filter(({ servedBy }) => ['audit', 'docs'].includes(servedBy));
  const functionArns = { audit: arn, docs: arn };
  const http = new HttpApi(stack, 'Http', { stage, routes, parts: GATEWAY_PARTS, functionArns, authorizerArn: arn });
  acknowledgeFindings(stage, [stack], stack, http);
  plant(stack, http.publicMethods);
  try {
    app.synth();
    return '';
  } catch (error) {
    return String(error);
  }
};
