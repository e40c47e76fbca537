import { openerFor } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { once } from '../../shared/kernel/once.ts';
import { alertIntake } from '../alerts/port.ts';
import { keyHolderReader } from '../auth/port.ts';
import { INTEGRATIONS_MANIFEST } from './manifest.ts';
import { sources } from './source.ts';

const open = /* @__PURE__ */ openerFor(INTEGRATIONS_MANIFEST.integrations);

/** What the routes of this context need: the holders of keys, from auth, and the intake of the alerts. */
export const deps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  sources: sources(open(keyHolderReader)),
  intake: open(alertIntake),
}));
