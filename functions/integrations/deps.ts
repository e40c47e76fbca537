import { systemClock } from '../../shared/kernel/clock.ts';
import { once } from '../../shared/kernel/once.ts';
import { intake, intakeDeps } from '../alerts/port.ts';
import { keyHolderReader } from '../auth/port.ts';
import { sources } from './source.ts';

/** What the routes of this context need: who holds a key, from auth, and where events go, from the alerts. */
export const deps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  sources: sources(keyHolderReader()),
  intake: intake(intakeDeps()),
}));
