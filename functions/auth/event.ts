import type { Caller, Origin } from '../../shared/kernel/caller.ts';
import { newId } from '../../shared/kernel/ids.ts';
import type { SecurityActor, SecurityEvent } from './events.ts';

export const actorOf = ({ kind, id, name }: Caller): SecurityActor => ({ kind, id, name });

/** Somebody who has not said, or not proved, who they are. */
export const NOBODY: SecurityActor = { kind: 'unknown', id: '', name: '' };

/** The origin of what Tocsin does by itself. */
export const INSIDE: Origin = { ip: '', userAgent: '', requestId: '' };

/** An event as it is written beside the state that it changed. */
export const eventOf = (
  of: Pick<SecurityEvent, 'type' | 'actor' | 'subject' | 'detail'> & { readonly outcome?: SecurityEvent['outcome'] },
  origin: Origin,
  at: Date,
): SecurityEvent => ({
  id: newId('evt', at),
  at: at.toISOString(),
  outcome: 'success',
  ...of,
  ip: origin.ip,
  userAgent: origin.userAgent.slice(0, 128),
  requestId: origin.requestId,
});
