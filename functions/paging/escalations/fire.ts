import type { Clock } from '../../../shared/kernel/clock.ts';
import { advanced, dueStep, partlyReached, type Escalation } from './escalation.ts';
import { pagesFor } from './page.ts';
import { reach, type Reached, type ReachDeps } from './reach.ts';
import type { EscalationStore } from './store.ts';

export interface FireDeps extends ReachDeps {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'escalation' | 'fire'>;
}

/** Two transactions that meet may both be refused: then it is tried again at once, so often. */
const ATTEMPTS = 3;

/** A transaction of DynamoDB writes a hundred items. */
const MOST_PAGES = 99;

/**
 * Reaches the step of an escalation that is due: the escalation goes on and the pages of the step are written, in one
 * transaction, by whoever is first; of a step with more pages than one transaction takes, a part. Answers the escalation as
 * it is then; undefined where there is none. Rejects where nobody was first, again and again.
 */
export const fire = async (deps: FireDeps, alertId: string): Promise<Escalation | undefined> => {
  const { clock, escalations } = deps;
  const escalation = await escalations.escalation(alertId);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const at = clock.now();
    const step = escalation && dueStep(escalation, at);
    if (!step) return escalation;
    const reached = await Promise.all(step.targets.map((target) => reach(deps, target, at)));
    const { next, pages } = reachedAt(escalation, reached, at);
    if (await escalations.fire(next, pages, at)) return next;
    const present = await escalations.escalation(alertId);
    if (present?.version !== escalation.version) return present;
  }
  throw new Error(`The step of ${alertId} was not reached`);
};

/** What is written as a step is reached, or as much of it as one transaction takes. */
const reachedAt = (escalation: Escalation, reached: readonly Reached[], at: Date) => {
  const { afterKey = '', reachedSomebody: before = false } = escalation.inPart ?? {};
  const left = pagesFor(escalation, reached, at).filter(({ key }) => key > afterKey);
  const pages = left.slice(0, MOST_PAGES);
  const reachedSomebody = before || pages.some(({ status }) => status === 'planned');
  const last = pages.at(-1);
  const next =
    last && left.length > pages.length
      ? partlyReached(escalation, { afterKey: last.key, reachedSomebody }, at)
      : advanced(escalation, at, reachedSomebody);
  return { next, pages };
};
