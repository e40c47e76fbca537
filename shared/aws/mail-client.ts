import { once } from '../kernel/once.ts';
import { MESSAGE_SETTINGS } from './clients.ts';
import { SESv2Client } from './slim/client-sesv2.ts';

/** SES, for messages to people. */
export const mailClient = /* @__PURE__ */ once(() => new SESv2Client(MESSAGE_SETTINGS));
