import { secretsClient } from '../../../shared/aws/clients.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { standbyReader, type StandbyReader } from './reader.ts';
import { standbyStore } from './store.ts';

export const connectStandby = (): StandbyReader =>
  standbyReader({
    standby: standbyStore({ secrets: secretsClient(), secretId: readEnv(['STANDBY_SECRET']).STANDBY_SECRET }),
    clock: systemClock,
  });
