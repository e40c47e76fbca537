import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { once } from '../kernel/once.ts';

/**
 * SDK clients as functions need them: short timeouts, so that a hanging service becomes an answer while the caller still
 * waits, and two attempts of our own, since callers and queues retry too. Each is made on first use and then kept.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 2,
  // Without `throwOnRequestTimeout` the SDK only warns, and waits on.
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
};

export const dynamoClient = /* @__PURE__ */ once(() => new DynamoDBClient(CLIENT_SETTINGS));
export const snsClient = /* @__PURE__ */ once(() => new SNSClient(CLIENT_SETTINGS));
/**
 * For messages to people: one attempt, which waits for as long as a provider that is slow may take. What became of one that
 * has no answer is unknown, and its sender decides about a repeat.
 */
export const MESSAGE_SETTINGS = {
  maxAttempts: 1,
  requestHandler: { ...CLIENT_SETTINGS.requestHandler, requestTimeout: 25_000 },
};

export const smsClient = /* @__PURE__ */ once(() => new SNSClient(MESSAGE_SETTINGS));
export const sqsClient = /* @__PURE__ */ once(() => new SQSClient(CLIENT_SETTINGS));
export const secretsClient = /* @__PURE__ */ once(() => new SecretsManagerClient(CLIENT_SETTINGS));
export const apiGatewayClient = /* @__PURE__ */ once(
  () => new APIGatewayClient({ ...CLIENT_SETTINGS, maxAttempts: 5 }),
);
