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
/** Tries once: what became of a message to a phone is not known, and whoever sends it again must know that. */
export const smsClient = /* @__PURE__ */ once(() => new SNSClient({ ...CLIENT_SETTINGS, maxAttempts: 1 }));
export const sqsClient = /* @__PURE__ */ once(() => new SQSClient(CLIENT_SETTINGS));
export const secretsClient = /* @__PURE__ */ once(() => new SecretsManagerClient(CLIENT_SETTINGS));
export const apiGatewayClient = /* @__PURE__ */ once(
  () => new APIGatewayClient({ ...CLIENT_SETTINGS, maxAttempts: 5 }),
);
