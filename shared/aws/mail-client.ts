import { once } from '../kernel/once.ts';
import { CLIENT_SETTINGS } from './clients.ts';
import { SESv2Client } from './slim/client-sesv2.ts';

/** SES. Tries once: what became of a mail is not known, and whoever sends it again must know that. */
export const mailClient = /* @__PURE__ */ once(() => new SESv2Client({ ...CLIENT_SETTINGS, maxAttempts: 1 }));
