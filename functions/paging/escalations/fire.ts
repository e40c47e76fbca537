import type { Clock } from '../../../shared/kernel/clock.ts';
import { counts, inTurn, type Step } from '../../oncall/port.ts';
import { alertSubject } from '../subject.ts';
import { advanced, dueStep, partlyReached, type Escalation } from './escalation.ts';
import { pagesFor, type StoredPage } from '../pages/page.ts';
import { reach, type Reached, type ReachDeps } from '../pages/reach.ts';
import type { EscalationStore } from './store.ts';

export interface FireDeps extends ReachDeps {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'escalation' | 'fire' | 'takeTurn'>;
}

/**
 * Where two transactions meet and both are refused, or the alert tells something at that moment, it is tried again at once,
 * so often.
 */
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
  let escalation = await escalations.escalation(alertId);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const at = clock.now();
    const step = escalation && dueStep(escalation, at);
    if (!escalation || !step) return escalation;
    const reached = await reachedBy(deps, escalation, step, at);
    const { next, pages } = reachedAt(escalation, reached, at);
    if (await escalations.fire(next, pages, at)) return next;
    const present = await escalations.escalation(alertId);
    // Whoever changed it may have reached the step, or only told of its alert.
    if (!present || !isAt(present, escalation)) return present;
    escalation = present;
  }
  throw new Error(`The step of ${alertId} was not reached`);
};

const isAt = (escalation: Escalation, place: Escalation): boolean =>
  escalation.round === place.round &&
  escalation.loop === place.loop &&
  escalation.step === place.step &&
  escalation.inPart?.afterKey === place.inPart?.afterKey;

/**
 * Whom a step reaches: all of its targets; of targets that take turns the first who can be reached, with those before who
 * cannot; or nobody outside its hours. What was reached in part is gone on with.
 */
const reachedBy = async (deps: FireDeps, escalation: Escalation, step: Step, at: Date): Promise<Reached[]> => {
  const { policyId, steps, inPart } = escalation;
  const toAll = (targets: Step['targets']) => Promise.all(targets.map((target) => reach(deps, target, at)));
  if (inPart) return toAll(step.targets.filter(({ id }) => inPart.targetIds.includes(id)));
  if (!counts(step, steps, at)) {
    return step.targets.map((target) => ({ target, whom: [], reason: { code: 'outside_hours' } as const }));
  }
  if (step.assignment !== 'round_robin') return toAll(step.targets);
  const tried: Reached[] = [];
  for (const target of inTurn(step, await deps.escalations.takeTurn(policyId, escalation.step))) {
    const reached = await reach(deps, target, at);
    tried.push(reached);
    if (reachesSomebody(pagesFor({ ...escalation, subject: alertSubject(escalation.alertId) }, [reached], at))) break;
  }
  return tried;
};

const reachesSomebody = (pages: readonly StoredPage[]): boolean => pages.some(({ status }) => status === 'planned');

/** What is written as a step is reached, or as much of it as one transaction takes. */
const reachedAt = (escalation: Escalation, reached: readonly Reached[], at: Date) => {
  const { afterKey = '', reachedSomebody: before = false } = escalation.inPart ?? {};
  const left = pagesFor({ ...escalation, subject: alertSubject(escalation.alertId) }, reached, at).filter(
    ({ key }) => key > afterKey,
  );
  const pages = left.slice(0, MOST_PAGES);
  const reachedSomebody = before || reachesSomebody(pages);
  const targetIds = reached.map(({ target }) => target.id);
  const last = pages.at(-1);
  const next =
    last && left.length > pages.length
      ? partlyReached(escalation, { afterKey: last.key, reachedSomebody, targetIds }, at)
      : advanced(escalation, at, reachedSomebody);
  return { next, pages };
};
