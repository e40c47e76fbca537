import { notifier } from '../../alerts/port.ts';
import { notifyDeps } from '../deps.ts';

/** Publishes each transition of each alert, names its followers, and adds it to the figures. */
export const handler = notifier(notifyDeps);
