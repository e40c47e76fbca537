import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  App,
  CfnCondition,
  CfnMapping,
  CfnOutput,
  Duration,
  Fn,
  NestedStack,
  Stack,
  aws_apigateway as apigateway,
  aws_dynamodb as dynamodb,
  aws_lambda as lambda,
  aws_secretsmanager as secretsmanager,
  aws_sqs as sqs,
  CrossStackReferences,
  ReferenceStrength,
} from 'aws-cdk-lib';

/** Handlers of the fixture, by function; each is the CommonJS text of one file. */
const handlers = {
  Echo: `exports.handler = async (event, context) => {
    switch (event.queryStringParameters?.mode) {
      case 'throw': throw new TypeError('no such luck');
      case 'malformed': return { hello: 'world' };
      case 'slow': await new Promise((resolve) => setTimeout(resolve, 3000));
      case 'binary': return { statusCode: 200, headers: { 'content-type': 'image/png' }, body: 'AQID', isBase64Encoded: true };
      case 'cookies': return { statusCode: 200, multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] }, headers: { 'WWW-Authenticate': 'x' }, body: '' };
    }
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ event, now: Date.now() }) };
  };`,
  Auth: `let calls = 0;
  exports.handler = async (event) => {
    calls += 1;
    const token = event.authorizationToken;
    if (token === 'Bearer unauthorized') throw new Error('Unauthorized');
    if (token === 'Bearer broken') throw new Error('out of order');
    if (token === 'Bearer nonsense') return { principalId: 'x' };
    const api = event.methodArn.split('/')[0];
    const statement = (Effect, Resource) => ({ Effect, Action: 'execute-api:Invoke', Resource });
    const Statement = token === 'Bearer reader'
      ? [statement('Allow', api + '/*/GET/*'), statement('Deny', api + '/*/GET/secret')]
      : [statement('Allow', api + '/*')];
    return { principalId: token.slice(7), policyDocument: { Version: '2012-10-17', Statement },
      context: { calls, admin: true, name: 'n' }, usageIdentifierKey: token.slice(7) + '-usage-key-0123456789' };
  };`,
  Runtime: `const vm = require('node:vm');
  exports.handler = async (event, context) => {
    switch (event.do) {
      case 'now': return [Date.now(), new Date().getTime(), Date.parse(new Date().toISOString()), new Date() instanceof Date, new Date(5).getTime(), typeof Date()];
      case 'env': return process.env;
      case 'fetch': return (await fetch(event.url)).status;
      case 'context': return { ...context, remaining: context.getRemainingTimeInMillis() };
      case 'throw': throw Object.assign(new Error('it broke'), { name: 'BrokenError' });
      case 'exit': process.exit(3);
      case 'unhandled': Promise.reject(new Error('forgotten')); await new Promise((resolve) => setTimeout(resolve, 500)); return 'too late';
      case 'later': setTimeout(() => { throw new Error('after the answer'); }, 20); return 'answered';
      case 'sleep': await new Promise((resolve) => setTimeout(resolve, event.ms)); return require('node:worker_threads').threadId;
      case 'spin': for (;;);
      case 'log': console.log(JSON.stringify({ level: 'INFO', message: 'hello', service: 'fixture', timestamp: new Date().toISOString(), alertId: 'a1' })); return null;
      case 'undefined': return undefined;
    }
    return event;
  };`,
  Callback: `exports.handler = (event, context, callback) => {
    setTimeout(() => event.fail ? callback(new Error('called back')) : callback(null, { ok: true }), 1);
  };`,
  Broken: `throw new Error('cannot be loaded');`,
} as const;

/**
 * A small application with what the local run must read: stacks that import from each other, a nested stack,
 * conditions, mappings and an API with an authorizer, usage plans, validators and gateway responses.
 * Synthesised for the stage `test`.
 */
export function synthesiseFixture(outdir: string): void {
  const stage = 'test';
  const app = new App({ outdir, analyticsReporting: false, treeMetadata: false });
  const data = new Stack(app, `Fixture-${stage}-data`);
  const table = new dynamodb.Table(data, 'Things', {
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
    stream: dynamodb.StreamViewType.NEW_IMAGE,
  });
  const queue = new sqs.Queue(data, 'Work', { fifo: true });
  const secret = new secretsmanager.Secret(data, 'Login', {
    secretName: `fixture/${stage}/login`,
    generateSecretString: { secretStringTemplate: '{"username":"admin"}', generateStringKey: 'password' },
  });
  new CfnMapping(data, 'Sizes', { mapping: { small: { memory: 128 }, large: { memory: 1024 } } });
  const inEurope = new CfnCondition(data, 'InEurope', {
    expression: Fn.conditionOr(
      Fn.conditionEquals(Fn.ref('AWS::Region'), 'eu-central-1'),
      Fn.conditionNot(Fn.conditionEquals(Fn.ref('AWS::StackName'), data.stackName)),
    ),
  });
  const elsewhere = new CfnCondition(data, 'Elsewhere', { expression: Fn.conditionNot(inEurope) });
  const skipped = new sqs.CfnQueue(data, 'Skipped', {});
  skipped.cfnOptions.condition = elsewhere;
  new CfnOutput(data, 'Facts', {
    exportName: `${stage}-facts`,
    value: Fn.join('|', [
      Fn.findInMap('Sizes', 'large', 'memory'),
      Fn.conditionIf('InEurope', 'europe', 'elsewhere').toString(),
      Fn.select(1, Fn.split(',', 'a,b,c')),
      Fn.base64('x'),
      Fn.sub('${AWS::Region}/${Own}/${!Literal}', { Own: queue.queueName }),
    ]),
  });

  const nested = new NestedStack(data, 'Inner');
  new sqs.Queue(nested, 'InnerQueue', {
    queueName: Fn.join('-', ['inner', Fn.select(1, Fn.split('/', table.tableArn))]),
  });

  const main = new Stack(app, `Fixture-${stage}-app`);
  CrossStackReferences.of(main).consume(ReferenceStrength.WEAK);
  const make = (name: keyof typeof handlers, options: Partial<lambda.FunctionProps> = {}): lambda.Function => {
    const directory = join(outdir, '..', `${outdir.split('/').pop()}-code`, name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'index.js'), handlers[name]);
    return new lambda.Function(main, name, {
      functionName: `Fixture-${stage}-${name.toLowerCase()}`,
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(directory),
      timeout: Duration.seconds(10),
      memorySize: 128,
      ...options,
    });
  };
  const echo = make('Echo', {
    environment: {
      TABLE: table.tableName,
      QUEUE_URL: queue.queueUrl,
      SECRET: secret.secretArn,
      FACTS: Fn.importValue(`${stage}-facts`),
    },
  });
  const authorizerFunction = make('Auth');
  make('Runtime', { timeout: Duration.seconds(2), environment: { ONLY: 'this' } });
  make('Callback');
  make('Broken');

  const api = new apigateway.RestApi(main, 'Api', {
    apiKeySourceType: apigateway.ApiKeySourceType.AUTHORIZER,
    binaryMediaTypes: ['image/*'],
    cloudWatchRole: false,
    deployOptions: {
      stageName: 'live',
      methodOptions: { '/slow/GET': { throttlingRateLimit: 1, throttlingBurstLimit: 2 } },
    },
  });
  const authorizer = new apigateway.TokenAuthorizer(main, 'Authorizer', {
    handler: authorizerFunction,
    resultsCacheTtl: Duration.seconds(60),
    validationRegex: '^Bearer [a-z]+$',
  });
  const integration = new apigateway.LambdaIntegration(echo);
  const secured: apigateway.MethodOptions = { authorizer, authorizationType: apigateway.AuthorizationType.CUSTOM };
  const model = api.addModel('Thing', {
    schema: {
      schema: apigateway.JsonSchemaVersion.DRAFT4,
      type: apigateway.JsonSchemaType.OBJECT,
      required: ['title'],
      additionalProperties: false,
      properties: { title: { type: apigateway.JsonSchemaType.STRING, minLength: 1 } },
    },
  });
  const validator = api.addRequestValidator('Validator', {
    validateRequestBody: true,
    validateRequestParameters: true,
  });
  const things = api.root.addResource('things', {
    defaultCorsPreflightOptions: { allowOrigins: ['https://console.example'], allowMethods: ['GET', 'POST'] },
  });
  things.addMethod('POST', integration, { requestModels: { 'application/json': model }, requestValidator: validator });
  things.addMethod('GET', integration, {
    requestParameters: { 'method.request.querystring.q': true },
    requestValidator: validator,
  });
  const thing = things.addResource('{id}');
  thing.addMethod('GET', integration, secured);
  things.addResource('fixed').addMethod('GET', integration);
  api.root.addResource('secret').addMethod('GET', integration, secured);
  api.root.addResource('limited').addMethod('GET', integration, { ...secured, apiKeyRequired: true });
  api.root.addResource('files').addProxy({ defaultIntegration: integration });
  api.root
    .addResource('slow')
    .addMethod('GET', new apigateway.LambdaIntegration(echo, { timeout: Duration.seconds(1) }));
  api.root.addMethod('GET', integration);

  const plan = api.addUsagePlan('Plan', {
    throttle: { rateLimit: 1, burstLimit: 2 },
    quota: { limit: 4, period: apigateway.Period.DAY },
  });
  plan.addApiStage({ stage: api.deploymentStage });
  plan.addApiKey(api.addApiKey('Key', { value: 'member-usage-key-0123456789' }));
  api.addApiKey('Stray', { value: 'stray-usage-key-0123456789' });

  api.addGatewayResponse('Default4xx', {
    type: apigateway.ResponseType.DEFAULT_4XX,
    responseHeaders: { 'Content-Type': "'application/problem+json'", 'X-Request': 'context.requestId' },
    templates: {
      'application/json':
        '{"title":$context.error.messageString,"code":"$context.error.responseType","requestId":"$context.requestId","instance":"$context.path"}',
    },
  });
  api.addGatewayResponse('BadBody', {
    type: apigateway.ResponseType.BAD_REQUEST_BODY,
    statusCode: '422',
    templates: {
      'application/json': '{"message":"$context.error.message","detail":"$context.error.validationErrorString"}',
    },
  });
  app.synth();
}
