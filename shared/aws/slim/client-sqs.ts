import { json } from './json.ts';
import { clientFor, commandOf } from './service.ts';

/* Takes the place of `@aws-sdk/client-sqs` in the bundles. */

export const SQSClient = clientFor(json({ service: 'sqs', variable: 'SQS', target: 'AmazonSQS', version: '1.0' }));

export const SendMessageCommand = commandOf('SendMessage');
export const SendMessageBatchCommand = commandOf('SendMessageBatch');
