import type { Burn, BurnName } from './burn.ts';

/** Which burn-rate alerts of a service fire, and why. It is written when one begins or ends. */
export interface BudgetState {
  readonly service: string;
  readonly firing: Readonly<Partial<Record<BurnName, { readonly since: string; readonly reason: string }>>>;
  readonly version: number;
}

const duration = (seconds: number): string =>
  seconds % 86_400 === 0
    ? `${seconds / 86_400} d`
    : seconds % 3_600 === 0
      ? `${seconds / 3_600} h`
      : `${seconds / 60} min`;

const times = (rate: number | null): string =>
  rate === null ? 'nothing observed' : rate === Infinity ? 'without bound' : `${rate.toFixed(1)}×`;

/** Why an alert fires: the rates, over which windows, and from which one on. */
const reasonOf = ({ alert, long, short }: Burn, targetPercent: number): string =>
  `the error budget of ${targetPercent} % burns ${times(long)} over ${duration(alert.longSeconds)} and ` +
  `${times(short)} over ${duration(alert.shortSeconds)}, from ${alert.factor}× on`;

/** The state after a look; the same object where no alert begins or ends. */
export const nextBudget = (
  state: BudgetState,
  burns: readonly Burn[],
  targetPercent: number,
  at: Date,
): BudgetState => {
  const wanted = burns.filter(({ fires }) => fires);
  const isSame =
    wanted.length === Object.keys(state.firing).length && wanted.every(({ alert }) => state.firing[alert.name]);
  if (isSame) return state;
  const firing = Object.fromEntries(
    wanted.map((burn) => [
      burn.alert.name,
      state.firing[burn.alert.name] ?? { since: at.toISOString(), reason: reasonOf(burn, targetPercent) },
    ]),
  );
  return { ...state, firing, version: state.version + 1 };
};
