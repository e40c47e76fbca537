import { consequencesOf, type AlertMessage } from '../../alerts/events.ts';

/** A person, as figures name them. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** What figures know of an alert: when and where it opened, how soon somebody had it, how soon it was over. */
export interface AlertFact {
  readonly alertId: string;
  readonly openedAt: string;
  /** As it opened, or as it was first heard of. Absent until somebody has heard of it or acts: then the alert is not counted yet. */
  readonly severity?: string;
  /** As it opened, and cut. Absent in facts that were recorded before titles were. */
  readonly title?: string;
  /** Absent in facts that were recorded before sources were counted. */
  readonly source?: string;
  readonly service: string | null;
  readonly team: string | null;
  /** When a silence ended under which it opened: the time to its acknowledgement counts from here. */
  readonly heardAt?: string;
  /** The first time that somebody acknowledged it. */
  readonly acknowledgedAt?: string;
  /** Null for what is no person. */
  readonly acknowledgedBy?: Person | null;
  readonly resolvedAt?: string;
  readonly resolvedBy?: Person | null;
  /** The transition that the relay published last. Those before it were published, too. */
  readonly published?: Published;
}

/** A transition of an alert that was published. */
export interface Published {
  readonly sequence: number;
  readonly at: string;
}

export const publishedBy = ({ sequence, at }: AlertMessage): Published => ({ sequence, at });

/** What figures know of a page that somebody was sent. */
export interface PageFact {
  /** The alert or incident that the page is about. */
  readonly subjectId: string;
  /** Unique within the alert. */
  readonly key: string;
  readonly userId: string;
  readonly sentAt: string;
  readonly severity: string;
  readonly service: string | null;
}

/** An item of 1,024 bytes costs one unit to write. */
const TITLE_CHARS = 120;

const personIn = ({ actor }: AlertMessage): Person | null =>
  actor.kind === 'user' ? { id: actor.id, name: actor.name } : null;

/** What a transition of an alert adds to what is known of it. */
export interface KnownFact {
  readonly fact: AlertFact;
  /** It counts only if nothing earlier of this kind is known. */
  readonly first?: 'acknowledgedAt' | 'severity';
  /** What is noted only where it is not known yet. */
  readonly once?: Pick<AlertFact, 'severity' | 'title'>;
}

/**
 * The end of an alert that a silence muted throughout counts where somebody has done something: what opened and ended under a silence by
 * itself was nobody's work.
 */
const isNobodysEnd = ({ muted, actor, sequence }: AlertMessage): boolean =>
  muted === true && actor.kind !== 'user' && sequence === 2;

/**
 * What a transition of an alert adds to what is known of it; undefined where it adds nothing. An alert that opened under a silence counts
 * from the moment at which somebody acts on it or the silence ends.
 */
export const factIn = (message: AlertMessage): KnownFact | undefined => {
  const { transition, at, alert } = message;
  const opened = { severity: alert.severity, title: alert.title.slice(0, TITLE_CHARS) };
  const where = {
    alertId: alert.id,
    openedAt: alert.firstSeenAt,
    source: alert.source,
    service: alert.service,
    team: alert.team,
    published: publishedBy(message),
  };
  switch (consequencesOf(transition).milestone) {
    case 'opening':
      return message.muted ? undefined : { fact: { ...where, ...opened } };
    case 'acknowledgement':
      return {
        fact: { ...where, acknowledgedAt: at, acknowledgedBy: personIn(message) },
        first: 'acknowledgedAt',
        once: opened,
      };
    case 'end':
      if (isNobodysEnd(message)) return undefined;
      return {
        fact: { ...where, resolvedAt: at, resolvedBy: personIn(message) },
        ...(personIn(message) && { once: opened }),
      };
    case 'hearing':
      return { fact: { ...where, ...opened, heardAt: at }, first: 'severity' };
    case null:
      return undefined;
  }
};
