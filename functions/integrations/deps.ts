import { openerFor } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import { alertIntake } from '../alerts/port.ts';
import { keyHolderReader } from '../auth/port.ts';
import { INTEGRATIONS_MANIFEST } from './manifest.ts';
import { sources } from './source.ts';

const open = /* @__PURE__ */ openerFor(INTEGRATIONS_MANIFEST.integrations);

/** What the routes of this context need: the holders of keys, from auth, and the intake of the alerts. */
export const deps = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  sources: sources(open(keyHolderReader)),
  intake: open(alertIntake),
}));
