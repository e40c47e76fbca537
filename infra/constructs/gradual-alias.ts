import {
  aws_cloudwatch as cloudwatch,
  aws_codedeploy as codedeploy,
  Duration,
  type aws_lambda as lambda,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** The name by which callers invoke a function whose new code is tried first. */
const ALIAS = 'live';

/**
 * An alias that a deployment moves to new code in two steps: a tenth of the calls for five minutes, then all. While either fails,
 * CodeDeploy moves it back, and the deployment with it. See docs/adr/0106-new-code-takes-a-tenth-first.md.
 */
export class GradualAlias extends Construct {
  readonly alias: lambda.Alias;

  constructor(scope: Construct, id: string, props: { readonly fn: lambda.Function; readonly name: string }) {
    super(scope, id);
    const { fn, name } = props;
    this.alias = fn.addAlias(ALIAS);
    const errors = new cloudwatch.Alarm(this, 'Errors', {
      metric: this.alias.metricErrors({ period: Duration.minutes(1), statistic: 'Sum' }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `Takes back new code of ${name}. Nobody hears it: what the failure brings about has alarms of its own.`,
    });
    new codedeploy.LambdaDeploymentGroup(this, 'Deployment', {
      alias: this.alias,
      deploymentConfig: codedeploy.LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms: [errors],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
  }
}
