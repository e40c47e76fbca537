import { aws_budgets as budgets } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** Part of the budget that is spent, or that will be by the end of the month, in percent. */
const SPENT_PERCENT = 80;
const FORECAST_PERCENT = 100;

export interface BudgetProps {
  readonly name: string;
  readonly monthlyDollars: number;
  /** E-mail addresses that hear of it. */
  readonly operators: readonly string[];
}

/**
 * What the account may cost in a month. Public routes are throttled by method and not over the whole API, so somebody who calls them
 * all day costs money: this is what reports it. It counts the whole account, because a filter by tag finds nothing before the tag
 * is activated for billing.
 */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, { name, monthlyDollars, operators }: BudgetProps) {
    super(scope, id);
    const notify = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, threshold, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
      subscribers: operators.map((address) => ({ subscriptionType: 'EMAIL', address })),
    });
    new budgets.CfnBudget(this, 'Budget', {
      budget: {
        budgetName: name,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyDollars, unit: 'USD' },
      },
      notificationsWithSubscribers: [notify('ACTUAL', SPENT_PERCENT), notify('FORECASTED', FORECAST_PERCENT)],
    });
  }
}
