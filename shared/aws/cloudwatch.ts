import { CLIENT_SETTINGS } from './clients.ts';
import { json } from './slim/json.ts';
import { service } from './slim/service.ts';

/*
 * What monitors ask of CloudWatch, by its JSON protocol. Two operations are all, so no client of the SDK stands behind them:
 * see docs/adr/0004-bundles.md. Times are epoch seconds, as they travel.
 */

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html */
export interface MetricDataQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly Period?: number;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
  };
  readonly ReturnData: boolean;
}

export interface MetricDataResult {
  readonly Id?: string;
  readonly Timestamps?: readonly number[];
  readonly Values?: readonly number[];
  readonly StatusCode?: 'Complete' | 'InternalError' | 'PartialData' | 'Forbidden';
  readonly Messages?: readonly { readonly Code?: string; readonly Value?: string }[];
}

export interface MetricAlarm {
  readonly AlarmName?: string;
  readonly AlarmDescription?: string;
  readonly StateReason?: string;
}

export interface CloudWatch {
  getMetricData(input: {
    readonly StartTime: number;
    readonly EndTime: number;
    readonly ScanBy: 'TimestampDescending';
    readonly MetricDataQueries: readonly MetricDataQuery[];
  }): Promise<{ readonly MetricDataResults?: readonly MetricDataResult[] }>;
  describeAlarms(input: {
    readonly AlarmNamePrefix: string;
    readonly StateValue?: 'ALARM';
    readonly MaxRecords: number;
  }): Promise<{ readonly MetricAlarms?: readonly MetricAlarm[] }>;
}

const protocol = json({
  service: 'monitoring',
  variable: 'CLOUDWATCH',
  target: 'GraniteServiceVersion20100801',
  version: '1.0',
});

/** CloudWatch of a region, or of the one that the function runs in. Rejects with what the service said. */
export const cloudWatch = (region?: string): CloudWatch => {
  const call = service(protocol, { ...CLIENT_SETTINGS, ...(region !== undefined && { region }) });
  return {
    getMetricData: (input) => call('GetMetricData', input),
    describeAlarms: (input) => call('DescribeAlarms', input),
  };
};
