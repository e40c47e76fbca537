import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as catalogue from '../../functions/oncall/catalogue/store.ts';
import * as policies from '../../functions/oncall/policies/store.ts';
import * as rota from '../../functions/oncall/rota/store.ts';
import * as routing from '../../functions/oncall/routing/store.ts';
import * as noise from '../../functions/paging/noise/store.ts';
import * as digests from '../../functions/paging/digests/store.ts';
import * as escalations from '../../functions/paging/escalations/store.ts';
import * as links from '../../functions/paging/links/store.ts';
import * as notices from '../../functions/paging/notices/store.ts';
import * as pages from '../../functions/paging/pages/store.ts';
import * as replies from '../../functions/paging/replies/store.ts';
import * as rules from '../../functions/paging/rules/store.ts';
import { table } from '../../shared/aws/dynamo.ts';
import * as contacts from '../../shared/contacts/store.ts';
import { bound } from '../../shared/kernel/bound.ts';

/* The stores of paging and on-call over a table, as `deps.ts` binds them. */

export const catalogueStore = (client: DynamoDBClient, name: string) => bound(catalogue, table(client, name));
export const contactStore = (client: DynamoDBClient, name: string) => bound(contacts, table(client, name));
export const noiseStore = (client: DynamoDBClient, name: string) => bound(noise, table(client, name));
export const digestStore = (client: DynamoDBClient, name: string) => bound(digests, table(client, name));
export const linkStore = (client: DynamoDBClient, name: string) => bound(links, table(client, name));
export const noticeStore = (client: DynamoDBClient, name: string) => bound(notices, table(client, name));
export const policyStore = (client: DynamoDBClient, name: string) => bound(policies, table(client, name));
export const replyStore = (client: DynamoDBClient, name: string) => bound(replies, table(client, name));
export const routingStore = (client: DynamoDBClient, name: string) => bound(routing, table(client, name));
export const ruleStore = (client: DynamoDBClient, name: string) => bound(rules, table(client, name));
export const scheduleStore = (client: DynamoDBClient, name: string) => bound(rota, table(client, name));

/** Escalations and their pages. */
export const escalationStore = (client: DynamoDBClient, name: string, retentionDays = 30) =>
  bound({ ...escalations, ...pages }, { ...table(client, name), retentionDays });
