import type { Silence } from '../../functions/alerts/silences/silence.ts';
import type { AlertTold, Stretch } from './chronicle.ts';
import type { Night } from './promises.ts';
import type { World } from './world/world.ts';
import type { StoredPage } from '../../functions/paging/pages/page.ts';

/** Whether a page was skipped for a silence. */
export const isHeldBack = ({ reason }: Pick<StoredPage, 'reason'>): boolean =>
  reason?.code === 'silenced' || reason?.code === 'silence_began';

/** An earlier end is written a moment after it was requested, and the silence lasts until then. */
interface Quiet extends Stretch {
  endAskedFor: number;
}

/** Records silences as the table has them, by true time. */
export const simulatedSilences = (world: World) => {
  const written = new Map<string, { readonly at: number; readonly silence: Silence }[]>();

  const silenceWritten = (silence: Silence): void => {
    written.set(silence.id, [...(written.get(silence.id) ?? []), { at: world.now(), silence }]);
  };

  /** When alerts of this title were silenced, by any silence. Adjacent stretches are merged. */
  const silencedWhile = (title: string): readonly Quiet[] =>
    [...written.values()]
      .flatMap((versions) =>
        versions.map(({ at, silence }, i): Quiet & { readonly title: string | undefined } => {
          const endsAt = Date.parse(silence.endsAt);
          const next = versions[i + 1];
          return {
            title: silence.matchers[0]?.value,
            from: Math.max(at, Date.parse(silence.startsAt)),
            to: Math.min(endsAt, next?.at ?? Infinity),
            endAskedFor: Math.min(endsAt, next ? Date.parse(next.silence.endsAt) : Infinity),
          };
        }),
      )
      .filter((each) => each.title === title && each.from < each.to)
      .sort((a, b) => a.from - b.from)
      .reduce<Quiet[]>((merged, { from, to, endAskedFor }) => {
        const last = merged.at(-1);
        if (last && from <= last.to) {
          last.to = Math.max(last.to, to);
          last.endAskedFor = Math.max(last.endAskedFor, endAskedFor);
        } else merged.push({ from, to, endAskedFor });
        return merged;
      }, []);

  return { silenceWritten, silencedWhile };
};

export type SimulatedSilences = ReturnType<typeof simulatedSilences>;

/** When a transition of an alert was published: a silence may have delayed it until its end. */
export const heardAt = (night: Night, alert: AlertTold, at: number): number => {
  if (!mayBeSilenced(night, alert, at, at + settlesMs(night))) return at;
  const ended = alert.transitions.find(
    (each) => each.alert.transition.type === 'silence_ended' && each.at >= at - night.skewMs,
  );
  return ended?.at ?? Infinity;
};

/** A stretch in which an alert rings and nothing keeps its escalation back; its first step was reached at `since` or later. */
export interface Ring extends Stretch {
  readonly since: number;
  /** Its escalation had not heard that anything was otherwise, and goes on as it was. */
  readonly goesOn?: boolean;
}

const LOST_MS = 120_000;

/** So long after it is written, a transition may meet a silence on its way; one that was lost until the auditor finds it. */
const settlesMs = ({ skewMs, isFair, lateMs }: Night): number => skewMs + (isFair && lateMs < LOST_MS ? 2_000 : lateMs);

const quietTimesOf = ({ silences }: Night, { transitions }: AlertTold): readonly Quiet[] =>
  silences.silencedWhile(transitions.at(-1)?.alert.title ?? '');

/** Whether a silence may have kept an alert quiet at a moment of this stretch. */
export const mayBeSilenced = (night: Night, alert: AlertTold, from: number, to: number): boolean =>
  quietTimesOf(night, alert).some((quiet) => quiet.from - night.skewMs <= to && quiet.to + night.skewMs >= from);

/**
 * The rings of an alert as its escalation hears them: a silence over the beginning of one, or for which a page was held back,
 * has it begin again when the alert tells of the silence's end.
 */
export const ringsHeard = (night: Night, alert: AlertTold): readonly Ring[] => {
  const quietTimes = quietTimesOf(night, alert);
  if (quietTimes.length === 0) return alert.rings.map((ring) => ({ ...ring, since: ring.from }));
  const ends = alert.transitions.filter(({ alert: { transition } }) => transition.type === 'silence_ended');
  const theirs = [...night.chronicle.pages.values()].filter(({ page }) => page.subject.id === alert.id);
  const written = theirs.map(({ writtenAt }) => writtenAt);
  const heldBack = theirs.flatMap(({ closed }) => (closed && isHeldBack(closed.page) ? [closed.at] : []));
  const settles = settlesMs(night);
  return alert.rings.flatMap((ring) => {
    const found: Ring[] = [];
    let present: Ring = { ...ring, since: ring.from };
    for (const quiet of quietTimes) {
      if (quiet.from >= present.to || quiet.to + settles < ring.from) continue;
      const isMuted = quiet.from <= ring.from + settles;
      const held = heldBack.filter((at) => at >= quiet.from - night.skewMs && at <= quiet.to + settles);
      if (!isMuted && held.length === 0) continue;
      const to = isMuted ? present.from : Math.min(...held);
      if (to > present.from) found.push({ ...present, to });
      const end = ends.find(({ at }) => at >= quiet.to - night.skewMs && at < ring.to)?.at ?? Infinity;
      const from = Math.max(end, ring.from);
      const goesOn = held.length === 0 && written.some((at) => at < ring.from);
      present = { from, to: ring.to, since: isMuted ? present.since : quiet.to - night.skewMs, goesOn };
    }
    return present.from < present.to ? [...found, present] : found;
  });
};

/** A tick finds an end that was five seconds ago. */
const ENDS_MS = 66_000;

/** Nothing is sent while a silence lasts, except what was checked just before. Its end is published. */
export const silencesHold = (night: Night): string[] => {
  const { chronicle, handed, skewMs, silenceLookMs } = night;
  const failures: string[] = [];
  for (const alert of chronicle.alerts.values()) {
    for (const quiet of quietTimesOf(night, alert)) {
      for (const { key, askedAt } of handed) {
        const isTheirs = key.startsWith(`${alert.id}#`) && !chronicle.pages.get(key)?.page.asked;
        if (isTheirs && askedAt > quiet.from + silenceLookMs && askedAt < quiet.to - skewMs)
          failures.push(`${key}: handed over while the alert was silenced`);
      }
      const by = Math.max(quiet.to, night.clearAt) + ENDS_MS + night.lateMs;
      const isOpenOn = alert.rings.some(({ from, to }) => from < quiet.endAskedFor && to > by);
      const isOver = !quietTimesOf(night, alert).some(
        ({ from, to }) => from > quiet.from && from <= by && to > quiet.to,
      );
      const isTold = alert.transitions.some(
        ({ at, alert: { transition } }) => transition.type === 'silence_ended' && at >= quiet.to - skewMs && at <= by,
      );
      if (isOpenOn && isOver && !isTold && by < night.now)
        failures.push(`${alert.id}: the end of its silence was not told`);
    }
  }
  return failures;
};
