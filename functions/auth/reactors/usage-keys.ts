import { streamReactor } from '../../../shared/aws/stream.ts';
import { meterDeps } from '../deps.ts';
import { followMeter, type MeteredItem } from '../meters/follow-meter.ts';

/** Has the gateway's keys follow users and machine keys. */
export const handler = streamReactor<MeteredItem>(meterDeps, (written) => followMeter(meterDeps(), written));
