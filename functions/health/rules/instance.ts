import type { StoredRule } from './rule.ts';
import type { Judgement } from './judge.ts';

/** The state of one instance of a rule. It is written when it changes. */
export interface InstanceState {
  readonly status: 'ok' | 'pending' | 'firing' | 'recovering';
  /** When the status began. */
  readonly since: string;
  readonly reason: string;
  /** One more each time that an alert is to open or to resolve. */
  readonly sequence: number;
  readonly version: number;
  /** When it was first judged. An instance that is well for long is forgotten, and its sequence begins again. */
  readonly begunAt?: string;
}

export const FRESH: InstanceState = {
  status: 'ok',
  since: new Date(0).toISOString(),
  reason: 'It was never broken.',
  sequence: 0,
  version: 0,
};

export const isFiring = ({ status }: Pick<InstanceState, 'status'>): boolean =>
  status === 'firing' || status === 'recovering';

type Times = Pick<StoredRule, 'forSeconds' | 'keepFiringSeconds' | 'missingData'>;

/** When an instance fires or is over unless it changes before; undefined where nothing waits for a time. */
export const dueAt = (rule: Times, { status, since }: InstanceState): Date | undefined => {
  const seconds = { ok: undefined, firing: undefined, pending: rule.forSeconds, recovering: rule.keepFiringSeconds }[
    status
  ];
  return seconds === undefined ? undefined : new Date(Date.parse(since) + seconds * 1000);
};

/**
 * The state after a judgement; the same object where nothing changed. Broken for `forSeconds` it fires, and not sooner; once
 * it fires it must be over for `keepFiringSeconds` to be so. Where nothing was observed and `missingData` is `keep`, the last
 * judgement holds on.
 */
export const nextInstance = (
  rule: Times,
  state: InstanceState,
  { holds, because }: Judgement,
  at: Date,
): InstanceState => {
  const isKept = holds === undefined && rule.missingData === 'keep';
  const wasBroken = state.status === 'pending' || state.status === 'firing';
  const broken = isKept ? wasBroken : (holds ?? rule.missingData === 'broken');
  const lasted = (at.getTime() - Date.parse(state.since)) / 1000;
  const become = (status: InstanceState['status'], news: 0 | 1): InstanceState => ({
    status,
    since: at.toISOString(),
    reason: isKept ? state.reason : because,
    sequence: state.sequence + news,
    version: state.version + 1,
  });
  switch (state.status) {
    case 'ok':
      return broken ? (rule.forSeconds === 0 ? become('firing', 1) : become('pending', 0)) : state;
    case 'pending':
      return broken ? (lasted >= rule.forSeconds ? become('firing', 1) : state) : become('ok', 0);
    case 'firing':
      return broken ? state : rule.keepFiringSeconds === 0 ? become('ok', 1) : become('recovering', 0);
    case 'recovering':
      return broken ? become('firing', 0) : lasted >= rule.keepFiringSeconds ? become('ok', 1) : state;
  }
};

/**
 * The state after a judgement of a rule that may have been changed since the one before. What was raised by another condition
 * or grouping goes on only where the present one holds too: nothing observed is then no reason to go on, and the time for
 * which it must hold begins again.
 */
export const judgedAgain = (
  rule: Times,
  state: InstanceState,
  judgement: Judgement,
  at: Date,
  isSameDefinition: boolean,
): InstanceState => {
  if (isSameDefinition || state.status === 'ok') return nextInstance(rule, state, judgement, at);
  const begun: InstanceState = state.status === 'pending' ? { ...state, status: 'ok', since: at.toISOString() } : state;
  const times: Times = {
    ...rule,
    keepFiringSeconds: 0,
    missingData: rule.missingData === 'keep' ? 'ok' : rule.missingData,
  };
  return { ...nextInstance(times, begun, judgement, at), version: state.version + 1 };
};
