import { dynamoClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import { intake, intakeDeps } from '../alerts/port.ts';
import { keyHolders } from '../auth/port.ts';
import { sources } from './source.ts';

/** What the verbs of this context need: who holds a key, from auth, and where events go, from the alerts. */
export const deps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  sources: sources(keyHolders(dynamoClient(), readEnv(['AUTH_TABLE']).AUTH_TABLE, systemClock), systemClock),
  intake: intake(intakeDeps()),
}));
