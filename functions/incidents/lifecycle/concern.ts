import type { AlertMessage, Concern } from '../../alerts/events.ts';
import { ruleFor, type StoredRule } from '../rules/rule.ts';
import type { LinkStore } from './link-store.ts';

export interface ConcernDeps {
  readonly incidents: Pick<LinkStore, 'linked'>;
  readonly knownRules: () => Promise<readonly StoredRule[]>;
}

/**
 * Finds which transitions of a batch concern incidents: those of alerts that belong to one, and those of alerts that a rule
 * matches. One batch of reads, and none for alerts that open.
 */
export const incidentsConcern = async (
  { incidents, knownRules }: ConcernDeps,
  batch: readonly AlertMessage[],
): Promise<Concern> => {
  const known = batch.filter(({ sequence }) => sequence > 1).map(({ alert }) => alert.id);
  const [linked, rules] = await Promise.all([
    known.length > 0 ? incidents.linked(known) : new Set<string>(),
    knownRules(),
  ]);
  return ({ alert }) => linked.has(alert.id) || ruleFor(rules, alert) !== undefined;
};
