import { s3Client } from '../../../shared/aws/clients.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { standbyReader, type StandbyReader } from './reader.ts';
import { standbyStore } from './store.ts';

export const connectStandby = (): StandbyReader =>
  standbyReader({
    standby: standbyStore({ s3: s3Client(), bucket: readEnv(['STANDBY_BUCKET']).STANDBY_BUCKET }),
    clock: systemClock,
  });
