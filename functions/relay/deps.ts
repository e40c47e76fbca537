import { bound } from '../../shared/kernel/bound.ts';
import { openerFor } from '../../shared/kernel/capability.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import { memoized } from '../../shared/kernel/memoized.ts';
import type { AlertMessage } from '../alerts/events.ts';
import { transitionPublisher } from '../alerts/port.ts';
import { figureRecorder, incidentsConcernReader, mutedFollower, publishedFinder } from '../incidents/port.ts';
import { webhooksConcernReader } from '../integrations/port.ts';
import { anyPolicyReader, policyReader, routingOfBatch } from '../oncall/port.ts';
import { pagingConcernReader } from '../paging/port.ts';
import { findFollowers } from './find-followers.ts';
import { RELAY_MANIFEST } from './manifest.ts';

const open = /* @__PURE__ */ openerFor(RELAY_MANIFEST['relay-notify']);

/** What the reactor needs that publishes transitions. */
export const notifyDeps = /* @__PURE__ */ lazy(() => {
  const [concernsPaging, policies] = [open(pagingConcernReader), open(policyReader)];
  /** All transitions of a batch are held against the policies and rules as they are when it begins. */
  const pagingConcern = (batch: readonly AlertMessage[]) =>
    concernsPaging(
      {
        policies: { byId: memoized(policies.byId) },
        routing: open(routingOfBatch),
        anyPolicy: open(anyPolicyReader),
      },
      batch,
    );
  const recordFigure = open(figureRecorder);
  const followers = {
    pagingConcern,
    incidentsConcern: open(incidentsConcernReader),
    webhooksConcern: open(webhooksConcernReader),
  };
  return {
    ...open(transitionPublisher),
    followersIn: bound({ findFollowers }, followers).findFollowers,
    findPublished: open(publishedFinder),
    recordFigure,
    followMuted: open(mutedFollower)(recordFigure),
  };
});
