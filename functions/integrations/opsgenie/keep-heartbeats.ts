import type { Opened } from '../../../shared/kernel/capability.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Heartbeat, heartbeatDesk } from '../../health/port.ts';
import { idOfRecord } from '../../alerts/port.ts';
import { PING_ACTION } from '../receipts/actions.ts';
import type { Tally } from '../resources/tally.ts';
import { integrationOfSender } from '../sender.ts';
import { assertConfigures } from './access.ts';
import { admit, type AdmitDeps } from './admit.ts';
import { fieldsIn } from './fields.ts';
import { changesIn, heartbeatIn, heartbeatState, opsgenieHeartbeat, slugOfName } from './heartbeat.ts';
import { noSuchHeartbeat } from './refusal.ts';

export interface HeartbeatDeps extends AdmitDeps {
  readonly clock: Clock;
  readonly heartbeats: Opened<typeof heartbeatDesk>;
  readonly tally: Tally;
}

interface Named {
  readonly name: string;
}

const found = async ({ heartbeats }: Pick<HeartbeatDeps, 'heartbeats'>, { name }: Named): Promise<Heartbeat> => {
  const heartbeat = await heartbeats.bySlug(slugOfName(name));
  if (!heartbeat) throw noSuchHeartbeat(name);
  return heartbeat;
};

/** Records that a job succeeded, and answers the id of the ping. Throws `heartbeat.not_found`. */
export const pingHeartbeat = async (deps: HeartbeatDeps, { caller }: Request, named: Named): Promise<string> => {
  const integration = integrationOfSender(caller);
  await admit(deps, integration);
  const { id } = await found(deps, named);
  const at = deps.clock.now();
  await deps.heartbeats.ping({ id });
  await deps.tally.accepted(integration.id);
  return idOfRecord(PING_ACTION, at, id);
};

/** One heartbeat. Throws `heartbeat.not_found`. */
export const getHeartbeat = async (deps: HeartbeatDeps, { caller }: Request, named: Named) =>
  opsgenieHeartbeat(await found(deps, named), integrationOfSender(caller));

/** All heartbeats that have a slug. */
export const listHeartbeats = async ({ heartbeats }: HeartbeatDeps, { caller }: Request) => ({
  heartbeats: (await heartbeats.listNamed()).map((each) => opsgenieHeartbeat(each, integrationOfSender(caller))),
});

/** Makes a heartbeat, which is due from now on. Throws `monitor.slug_taken` where another has the name. */
export const createHeartbeat = async (deps: HeartbeatDeps, request: Request, { text }: { readonly text: string }) => {
  const integration = integrationOfSender(request.caller);
  assertConfigures(integration);
  await admit(deps, integration);
  const wanted = heartbeatIn(fieldsIn(text), integration);
  await deps.heartbeats.create(request, wanted);
  return heartbeatState(await found(deps, wanted));
};

/** Changes what the request speaks of. Throws `heartbeat.not_found`. */
export const changeHeartbeat = async (
  deps: HeartbeatDeps,
  request: Request,
  { text, name }: Named & { readonly text: string },
) => {
  const integration = integrationOfSender(request.caller);
  assertConfigures(integration);
  await admit(deps, integration);
  const fields = fieldsIn(text);
  const { id } = await found(deps, { name });
  const changed = await deps.heartbeats.edit(request, { id, set: (now) => changesIn(fields, integration, now) });
  return opsgenieHeartbeat(changed as Heartbeat, integration);
};

/** Resumes or pauses a heartbeat. Throws `heartbeat.not_found`. */
export const switchHeartbeat = async (
  deps: HeartbeatDeps,
  request: Request,
  { name, enabled }: Named & { readonly enabled: boolean },
) => {
  const integration = integrationOfSender(request.caller);
  assertConfigures(integration);
  await admit(deps, integration);
  const { id } = await found(deps, { name });
  return heartbeatState((await deps.heartbeats.edit(request, { id, set: () => ({ enabled }) })) as Heartbeat);
};

/** Deletes a heartbeat, whose alert resolves. Throws `heartbeat.not_found`. */
export const deleteHeartbeat = async (deps: HeartbeatDeps, request: Request, named: Named) => {
  const integration = integrationOfSender(request.caller);
  assertConfigures(integration);
  await admit(deps, integration);
  const heartbeat = await found(deps, named);
  await deps.heartbeats.remove(request, { id: heartbeat.id });
  return heartbeatState(heartbeat);
};
