import type { Action } from '../../shared/channels/channel.ts';
import type { SimulatedPaging } from './paging.ts';
import type { Night } from './promises.ts';
import type { Handed } from './provider.ts';
import type { World } from './world/world.ts';

/** A person answers a page by a link or by SMS. */
interface Answer {
  readonly by: 'link' | 'sms';
  readonly action: Action;
  readonly alertId: string;
  readonly userId: string;
  /** The token of a link, or the id of a message. */
  readonly name: string;
  readonly at: number;
  /** The outcome is unknown. */
  isUnknown: boolean;
}

/**
 * People who answer what reaches them: by its links or by SMS, at once or much later, once or again; now and then somebody
 * answers from a phone that nobody was paged at.
 */
export const simulatedAnswers = ({ chance, after, now }: World, paging: () => SimulatedPaging) => {
  const answers: Answer[] = [];
  let texts = 0;

  const tap = async (of: Pick<Answer, 'action' | 'alertId' | 'userId'>, link: string): Promise<void> => {
    const name = link.slice(link.lastIndexOf('/') + 1);
    const answer: Answer = { ...of, by: 'link', name, at: now(), isUnknown: true };
    answers.push(answer);
    const ending = await paging().api.invoke({ do: 'tap', token: name });
    answer.isUnknown = ending.kind !== 'answered';
  };
  const write = (of: Pick<Answer, 'action' | 'alertId' | 'userId'>, phone: string, code: string): void => {
    const name = `sms-${++texts}`;
    answers.push({ ...of, by: 'sms', name, at: now(), isUnknown: false });
    paging().text({ phone, id: name, body: `${of.action === 'acknowledge' ? 'A' : 'r'} ${code}` });
  };

  /** A person sees a message. Most do not answer it here. */
  const seen = ({ key, links, to, contactId }: Handed): void => {
    if (!links || !chance.happens(0.3)) return;
    const [alertId = ''] = key.split('#');
    const userId = `usr_${contactId.slice('con_'.length, -1)}`;
    const action: Action = chance.happens(0.8) ? 'acknowledge' : 'resolve';
    const of = { action, alertId, userId };
    const { replyCode } = links;
    const isText = replyCode !== undefined && chance.happens(0.5);
    for (let times = chance.happens(0.3) ? 2 : 1; times > 0; times--) {
      after(chance.happens(0.5) ? chance.between(500, 20_000) : chance.between(20_000, 360_000), () => {
        if (isText) write(of, to, replyCode);
        else void tap(of, links[action]);
      });
    }
    if (isText && chance.happens(0.1)) {
      after(1_000, () => paging().text({ phone: '+4930000000', id: `stranger-${++texts}`, body: `A ${replyCode}` }));
    }
  };

  return { seen, answers: (): readonly Answer[] => answers };
};

export type SimulatedAnswers = ReturnType<typeof simulatedAnswers>;

const NOTES = { link: 'By a link that was sent.', sms: 'By an answer to a text message.' } as const;
const DONE: Readonly<Record<Action, string>> = { acknowledge: 'acknowledged', resolve: 'resolved' };

/** Each answer is carried out once, however often it is delivered. Nothing is done without an answer. */
export const answersCount = (night: Night): string[] => {
  const { chronicle, answers, clearAt, lateMs, isFair } = night;
  const failures: string[] = [];
  for (const alert of chronicle.alerts.values()) {
    for (const [by, note] of Object.entries(NOTES)) {
      for (const { alert: told } of alert.transitions) {
        const { type, actor } = told.transition;
        if (told.transition.note !== note) continue;
        const mine = answers.filter(
          (each) =>
            each.by === by && each.alertId === alert.id && each.userId === actor.id && DONE[each.action] === type,
        );
        const often = alert.transitions.filter(
          ({ alert: { transition } }) =>
            transition.note === note && transition.type === type && transition.actor.id === actor.id,
        ).length;
        const names = new Set(mine.map(({ name }) => name)).size;
        const unknown = mine.filter(({ isUnknown }) => isUnknown).length;
        // A message whose reader dies is read again, and acts twice if the alert rang in between.
        const most = names + (by === 'sms' && !isFair ? names : 0) + unknown;
        if (often > most)
          failures.push(
            `${alert.id}: ${actor.name} answered ${names} times by ${by}, and it was ${type} ${often} times`,
          );
      }
    }
  }
  for (const { by, alertId, userId, name, at, isUnknown } of answers) {
    const until = Math.max(at, clearAt) + lateMs;
    const rings = chronicle.alerts.get(alertId)?.rings ?? [];
    const first = answers.find((each) => each.name === name)?.at === at;
    const isThere = chronicle.contacts.some((each) => each.userId === userId && each.to > until);
    if (first && isThere && !isUnknown && until < night.now && rings.some(({ from, to }) => from <= at && to > until))
      failures.push(`${alertId}: rings on, although somebody answered by ${by} at ${new Date(at).toISOString()}`);
  }
  return failures;
};
