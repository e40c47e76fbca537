import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { lazy } from '../kernel/lazy.ts';
import { reportingRefusedWrites } from './refused-writes.ts';
import { freshConnections, KeptConnections } from './request-handler.ts';

/**
 * Settings of SDK clients as functions need them: short time-outs, so that a hanging service becomes an answer while the
 * caller still waits, and two attempts of our own, since callers and queues retry too.
 */
export const clientSettings = ({ maxAttempts = 2, requestTimeout = 3000 } = {}) => ({
  maxAttempts,
  // Without `throwOnRequestTimeout` the SDK only warns, and waits on.
  requestHandler: new KeptConnections({ connectionTimeout: 1000, requestTimeout, throwOnRequestTimeout: true }),
});

/* Each client is made on first use and then kept. */

export const dynamoClient = /* @__PURE__ */ lazy(() => reportingRefusedWrites(new DynamoDBClient(clientSettings())));
/** For the authorizer, which every request waits for: a second for an attempt, and three of them. */
export const quickDynamoClient = /* @__PURE__ */ lazy(
  () => new DynamoDBClient(clientSettings({ maxAttempts: 3, requestTimeout: 1000 })),
);
export const snsClient = /* @__PURE__ */ lazy(() => new SNSClient(clientSettings()));

/**
 * For messages to people: one attempt over a connection of its own, which waits for as long as a provider that is slow may take. What became of one that
 * has no answer is unknown, and its sender decides about a repeat.
 */
const messageSettings = () => ({
  maxAttempts: 1,
  requestHandler: freshConnections({ connectionTimeout: 1000, requestTimeout: 25_000, throwOnRequestTimeout: true }),
});

/** Texts whose delivery is reported. */
export const textClient = /* @__PURE__ */ lazy(() => new PinpointSMSVoiceV2Client(messageSettings()));
export const smsClient = /* @__PURE__ */ lazy(() => new SNSClient(messageSettings()));
/** SES knows no idempotency keys. */
export const mailClient = /* @__PURE__ */ lazy(() => new SESv2Client(messageSettings()));

export const sqsClient = /* @__PURE__ */ lazy(() => new SQSClient(clientSettings()));
export const lambdaClient = /* @__PURE__ */ lazy(() => new LambdaClient(clientSettings()));
/** For a hint to a function, which the minute replaces where it fails: one attempt of a second, since a caller waits. */
export const quickLambdaClient = /* @__PURE__ */ lazy(
  () => new LambdaClient(clientSettings({ maxAttempts: 1, requestTimeout: 1000 })),
);
export const s3Client = /* @__PURE__ */ lazy(() => new S3Client(clientSettings()));
export const secretsClient = /* @__PURE__ */ lazy(() => new SecretsManagerClient(clientSettings()));
export const apiGatewayClient = /* @__PURE__ */ lazy(() => new APIGatewayClient(clientSettings({ maxAttempts: 5 })));
/**
 * An account may read 40 parameters in a second. Many functions that start at once wait for each other by the pauses of the SDK, which are
 * random up to a bound that doubles: half a minute in all, within the time of a function.
 */
export const ssmClient = /* @__PURE__ */ lazy(
  () => new SSMClient(clientSettings({ maxAttempts: 7, requestTimeout: 2000 })),
);
/** CloudWatch of a region, or of the one that the function runs in. */
export const cloudWatchClient = (region?: string): CloudWatchClient =>
  new CloudWatchClient({ ...clientSettings(), ...(region !== undefined && { region }) });
