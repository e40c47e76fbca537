/**
 * US dollars in us-east-1, on demand, by the price level of December 2024; not read from a price list, so compare before
 * relying on them. No free tier is taken off.
 */
export const PRICES = {
  alarmMonth: 0.1,
  dashboardMonth: 3,
  kmsKeyMonth: 1,
  secretMonth: 0.4,
  webAclMonth: 5,
  webAclRuleMonth: 1,
  apiRequest: 3.5 / 1e6,
  httpApiRequest: 1 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecondArm: 0.0000133334,
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  snsPublish: 0.5 / 1e6,
  snsHttpsDelivery: 0.6 / 1e6,
  sqsRequest: 0.4 / 1e6,
  sqsFifoRequest: 0.5 / 1e6,
  logGb: 0.5,
  customMetricMonth: 0.3,
  metricRead: 0.01 / 1_000,
  cloudWatchRequest: 0.01 / 1_000,
  kmsRequest: 0.03 / 10_000,
  traceRecorded: 5 / 1e6,
} as const;
