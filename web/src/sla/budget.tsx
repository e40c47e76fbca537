import '../charts/charts.css';
import { durationText, percentText } from '../shell/figures.ts';
import type { Report } from './use-sla.ts';

/** The share of the budget that is left, 0 to 1; less than nothing counts as nothing. */
export const leftOf = ({ errorBudget: { allowedSeconds, remainingSeconds } }: Report): number =>
  allowedSeconds <= 0 ? (remainingSeconds < 0 ? 0 : 1) : Math.min(Math.max(remainingSeconds / allowedSeconds, 0), 1);

/** What is left of an error budget, as a bar with words. */
export const BudgetBar = ({ report }: { readonly report: Report }) => {
  const { allowedSeconds, remainingSeconds } = report.errorBudget;
  const left = leftOf(report);
  const mark = remainingSeconds < 0 ? 'down' : left < 0.25 ? 'partly' : 'up';
  return (
    <div>
      <div className="budget" aria-hidden="true">
        <i className={`budget-${mark}`} style={{ inlineSize: `${mark === 'down' ? 100 : left * 100}%` }} />
      </div>
      <div className="ends">
        <span>
          {remainingSeconds < 0
            ? `${durationText(-remainingSeconds)} over`
            : `${durationText(remainingSeconds)} of ${durationText(allowedSeconds)} left`}
        </span>
        <span>{percentText(left * 100).replace(/\.\d+/, '')}</span>
      </div>
    </div>
  );
};
