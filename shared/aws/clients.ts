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
const settings = { maxAttempts: 2, requestHandler: { connectionTimeout: 1000, requestTimeout: 3000 } };

export const dynamoClient = /* @__PURE__ */ once(() => new DynamoDBClient(settings));
export const snsClient = /* @__PURE__ */ once(() => new SNSClient(settings));
export const sqsClient = /* @__PURE__ */ once(() => new SQSClient(settings));
export const secretsClient = /* @__PURE__ */ once(() => new SecretsManagerClient(settings));
export const apiGatewayClient = /* @__PURE__ */ once(() => new APIGatewayClient({ ...settings, maxAttempts: 5 }));
