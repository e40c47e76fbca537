import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { durationText, percentText } from '../shell/figures.ts';
import { Nothing } from './card.tsx';
import type { MonthlyLevel } from './use-overview.ts';

const SHOWN = 6;
/** Beyond the target first, then what has the least budget left. */
const worstFirst = (one: MonthlyLevel, other: MonthlyLevel): number =>
  Number(one.met ?? true) - Number(other.met ?? true) || one.remainingBudgetSeconds - other.remainingBudgetSeconds;

/** The service levels of the month against their targets. */
export const Month = ({ levels }: { readonly levels: readonly MonthlyLevel[] }) => {
  if (levels.length === 0) {
    return <Nothing>No service is watched yet. Give a monitor a service to see its level here.</Nothing>;
  }
  return (
    <ul className="plain-list">
      {[...levels]
        .sort(worstFirst)
        .slice(0, SHOWN)
        .map(({ service, uptimePercent, targetPercent, met, remainingBudgetSeconds }) => (
          <li key={service ?? ''} className="level">
            <div className="line">
              <b className="wrap clamp">{service ?? 'Without a service'}</b>
              {uptimePercent === null ? (
                <span className="soft">not observed yet</span>
              ) : (
                <StatusIndicator type={met === false ? 'error' : 'success'}>
                  {percentText(uptimePercent)}
                </StatusIndicator>
              )}
            </div>
            <Box variant="small">
              Target {percentText(targetPercent)} ·{' '}
              {remainingBudgetSeconds < 0
                ? `${durationText(-remainingBudgetSeconds)} over the budget`
                : `${durationText(remainingBudgetSeconds)} of the budget left`}
            </Box>
          </li>
        ))}
      {levels.length > SHOWN && <li className="soft">And {levels.length - SHOWN} more.</li>}
    </ul>
  );
};
