import type { Clock } from '../../../shared/kernel/clock.ts';
import { counts, inTurn, type Step } from '../../oncall/port.ts';
import { alertSubject } from '../subject.ts';
import { advanced, dueStep, heldBack, partlyReached, type Escalation } from './escalation.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { Problem } from '../../../shared/kernel/errors.ts';
import { gate, type GateDeps } from '../noise/gate.ts';
import { holdSentence, type Hold, type HoldCode } from '../noise/hold.ts';
import type { AddNote } from '../pages/page-note.ts';
import { pagesFor, type StoredPage } from '../pages/page.ts';
import { reach, type Reached, type ReachDeps } from '../pages/reach.ts';
import type { EscalationStore } from './store.ts';

export interface FireDeps extends ReachDeps, GateDeps {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'escalation' | 'fire' | 'save' | 'takeTurn'>;
  readonly acts: { readonly note: AddNote };
}

/**
 * Attempts at a step. Two transactions may collide and both be refused, or the alert may change at the same moment.
 */
const ATTEMPTS = 3;

/** A transaction of DynamoDB writes a hundred items. */
const MOST_PAGES = 99;

/**
 * Reaches the step of an escalation that is due: the escalation goes on and the pages of the step are written, in one
 * transaction, by the first function to get there. Of a step with more pages than one transaction takes, it writes a part.
 * A step that is held back is due again when they say, and the alert says why. Answers the escalation as it is then; undefined where there is none. Rejects if every attempt collided.
 */
export const fire = async (deps: FireDeps, alertId: string): Promise<Escalation | undefined> => {
  const { clock, escalations } = deps;
  let escalation = await escalations.escalation(alertId);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const at = clock.now();
    const step = escalation && dueStep(escalation, at);
    if (!escalation || !step) return escalation;
    const gated = await gate(deps, escalation, at);
    if (gated.hold) {
      await noteHold(deps, escalation, gated.hold);
      const held = heldBack(escalation, gated.hold);
      if (await escalations.save(held, at)) return held;
    } else {
      const passing = gated.group === undefined ? escalation : { ...escalation, group: gated.group };
      const { next, pages } = reachedAt(passing, await reachedBy(deps, passing, step, at), at);
      if (await escalations.fire(next, pages, at)) return next;
    }
    const present = await escalations.escalation(alertId);
    // The other function may have reached the step, or only followed the alert.
    if (!present || !isAt(present, escalation)) return present;
    escalation = present;
  }
  throw new Error(`The step of ${alertId} was not reached`);
};

/** Waits for the others of a group are short, and stand in the escalation alone. */
const NOTED: ReadonlySet<HoldCode> = new Set(['below_threshold', 'flapping', 'inhibited']);

/** Says in the timeline of the alert why nobody is paged yet; once for each reason. */
const noteHold = async (
  { acts }: Pick<FireDeps, 'acts'>,
  { alertId, waits }: Escalation,
  { reason }: Hold,
): Promise<void> => {
  if (!NOTED.has(reason.code) || waits?.reason.code === reason.code) return;
  try {
    const note = `Nobody is paged yet. ${holdSentence(reason)}`;
    await acts.note({ caller: systemCaller('paging') }, { id: alertId, note, key: `held:${reason.code}` });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
};

const isAt = (escalation: Escalation, place: Escalation): boolean =>
  escalation.round === place.round &&
  escalation.loop === place.loop &&
  escalation.step === place.step &&
  escalation.inPart?.afterKey === place.inPart?.afterKey;

/**
 * The people that a step reaches: all of its targets; of targets that take turns the first that can be reached, and those
 * before it that cannot; nobody outside its hours. A step that was reached in part continues.
 */
const reachedBy = async (deps: FireDeps, escalation: Escalation, step: Step, at: Date): Promise<Reached[]> => {
  const { steps, inPart } = escalation;
  const toAll = (targets: Step['targets']) => Promise.all(targets.map((target) => reach(deps, target, at)));
  if (inPart) return toAll(step.targets.filter(({ id }) => inPart.targetIds.includes(id)));
  if (!counts(step, steps, at)) {
    return step.targets.map((target) => ({ target, whom: [], reason: { code: 'outside_hours' } as const }));
  }
  if (step.assignment !== 'round_robin') return toAll(step.targets);
  const tried: Reached[] = [];
  for (const target of inTurn(step, await deps.escalations.takeTurn(escalation))) {
    const reached = await reach(deps, target, at);
    tried.push(reached);
    if (reachesSomebody(pagesFor({ ...escalation, subject: alertSubject(escalation.alertId) }, [reached], at))) break;
  }
  return tried;
};

const reachesSomebody = (pages: readonly StoredPage[]): boolean => pages.some(({ status }) => status === 'planned');

/** The writes of a step, or as many of them as one transaction takes. */
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
