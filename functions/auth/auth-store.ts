import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../shared/aws/dynamo.ts';
import { userStore } from './accounts/store.ts';
import { eventStore } from './event-store.ts';
import { lockStore } from './lock-out/store.ts';
import { apiKeyStore } from './machine-keys/store.ts';
import { meterStore } from './meters/store.ts';
import { roleStore } from './roles/store.ts';
import { publicKeyStore } from './tokens/store.ts';

/** The stores of all rooms over the one table. */
export const authStore = (client: DynamoDBClient, tableName: string, accessTokenSeconds: number) => {
  const auth = table(client, tableName);
  return {
    ...userStore(auth, accessTokenSeconds),
    ...roleStore(auth),
    ...apiKeyStore(auth),
    ...lockStore(auth),
    ...publicKeyStore(auth),
    ...meterStore(auth),
    ...eventStore(auth),
  };
};
