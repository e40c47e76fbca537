import type { StoredRule } from './rule.ts';
import type { Judgement } from './judge.ts';

/** What is known of one instance of a rule. It is written when it changes. */
export interface InstanceState {
  readonly status: 'ok' | 'pending' | 'firing' | 'recovering';
  /** When the status began. */
  readonly since: string;
  readonly reason: string;
  /** One more each time that an alert is to open or to resolve. */
  readonly sequence: number;
  readonly version: number;
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

/**
 * The state after a judgement; the same object where nothing changed. Broken for `forSeconds` it fires, and not sooner; once
 * it fires it must be over for `keepFiringSeconds` to be so.
 */
export const nextInstance = (
  rule: Times,
  state: InstanceState,
  { holds, because }: Judgement,
  at: Date,
): InstanceState => {
  const broken = holds ?? (rule.missingData === 'keep' ? undefined : rule.missingData === 'broken');
  if (broken === undefined) return state;
  const lasted = (at.getTime() - Date.parse(state.since)) / 1000;
  const become = (status: InstanceState['status'], news: 0 | 1): InstanceState => ({
    status,
    since: at.toISOString(),
    reason: because,
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
