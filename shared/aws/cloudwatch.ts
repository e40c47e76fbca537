import {
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type DescribeAlarmsCommandInput,
  type DescribeAlarmsCommandOutput,
  type GetMetricDataCommandInput,
  type GetMetricDataCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { cloudWatchClient } from './clients.ts';

export type { MetricAlarm, MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';

/** Questions of monitors to CloudWatch. */
export interface CloudWatch {
  getMetricData(input: GetMetricDataCommandInput): Promise<Pick<GetMetricDataCommandOutput, 'MetricDataResults'>>;
  describeAlarms(input: DescribeAlarmsCommandInput): Promise<Pick<DescribeAlarmsCommandOutput, 'MetricAlarms'>>;
}

/** CloudWatch of a region, or of the one that the function runs in. Rejects with what the service said. */
export const cloudWatch = (region?: string): CloudWatch => {
  const client = cloudWatchClient(region);
  return {
    getMetricData: (input) => client.send(new GetMetricDataCommand(input)),
    describeAlarms: (input) => client.send(new DescribeAlarmsCommand(input)),
  };
};
