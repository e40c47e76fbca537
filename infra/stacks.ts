import { aws_iam as iam, aws_kms as kms, CfnOutput, Stack, type App, type StackProps } from 'aws-cdk-lib';
import type { Bundles } from './bundle.ts';
import { removalPolicyOf, type StageConfig } from './config.ts';
import { AlertsApp, AlertsData } from './contexts/alerts.ts';
import { AuditApp, AuditData, AuditRequests } from './contexts/audit.ts';
import { AuthApp, AuthData, AuthMeters, EARLIER, StageValues } from './contexts/auth.ts';
import { HealthApp, HealthData } from './contexts/health.ts';
import { IncidentsApp, IncidentsData } from './contexts/incidents.ts';
import { IntegrationsApp, IntegrationsData, WebhookSenders } from './contexts/integrations.ts';
import { OncallApp, OncallData } from './contexts/oncall.ts';
import { Channels } from './contexts/channels.ts';
import { PagingApp, PagingData, PagingSenders } from './contexts/paging.ts';
import { RelayApp } from './contexts/relay.ts';
import { StatusApp, StatusData, StatusRenderers } from './contexts/status.ts';
import { ContextTable } from './constructs/context-table.ts';
import { Functions } from './constructs/functions.ts';
import type { Grants } from './constructs/grants.ts';
import { HttpApi } from './constructs/http-api.ts';
import { OperatorsTopic } from './constructs/operators-topic.ts';
import { grantsOver } from './grants.ts';
import { GATEWAY_PARTS, SURFACE, surface } from './surface.ts';

const DATA_KEY = 'DataKey';
/** What `restored` takes besides tables. */
const ADOPTED = [DATA_KEY, 'StandbyBucket', 'StatusFilesBucket', 'AuditCopiesBucket', ...EARLIER];

/** Everything that must outlive a deployment: tables, topic, secrets and the key they are encrypted with. */
export class DataStack extends Stack {
  readonly encryptionKey: kms.IKey | undefined;
  readonly alerts: AlertsData;
  readonly auth: AuthData;
  readonly audit: AuditData;
  readonly health: HealthData;
  readonly oncall: OncallData;
  readonly channels: Channels;
  readonly paging: PagingData;
  readonly incidents: IncidentsData;
  readonly status: StatusData;
  readonly integrations: IntegrationsData;
  readonly operators: OperatorsTopic;

  constructor(app: App, stage: StageConfig, props: StackProps) {
    super(app, `Tocsin-${stage.name}-data`, { ...props, terminationProtection: stage.retainData });
    this.encryptionKey = stage.customerManagedKey ? dataKey(this, stage) : undefined;
    const common = { stage, encryptionKey: this.encryptionKey };
    this.alerts = new AlertsData(this, 'Alerts', common);
    this.auth = new AuthData(this, 'Auth', common);
    this.audit = new AuditData(this, 'Audit', common);
    this.health = new HealthData(this, 'Health', common);
    this.oncall = new OncallData(this, 'Oncall', common);
    this.channels = new Channels(this, 'Channels', common);
    this.paging = new PagingData(this, 'Paging', common);
    this.incidents = new IncidentsData(this, 'Incidents', common);
    this.status = new StatusData(this, 'Status', common);
    this.integrations = new IntegrationsData(this, 'Integrations', common);
    this.operators = new OperatorsTopic(this, 'Operators', { stage });
    const known = [...tablesIn(this).map(({ logicalId }) => logicalId), ...ADOPTED];
    const unknown = Object.keys(stage.restored).filter((each) => !known.includes(each));
    if (unknown.length > 0) throw new Error(`restored names ${unknown.join(', ')}, and takes ${known.join(', ')}`);
  }
}

/** The functions, the queues between them, and what wakes them. */
export class AppStack extends Stack {
  readonly functions: Functions;
  readonly grants: Grants;
  readonly paging: PagingApp;
  readonly status: StatusApp;
  readonly alerts: AlertsApp;
  readonly audit: AuditApp;
  readonly values: StageValues;

  constructor(app: App, stage: StageConfig, data: DataStack, bundles: Bundles, props: StackProps) {
    super(app, `Tocsin-${stage.name}-app`, props);
    this.functions = new Functions(stage, bundles, data.encryptionKey);
    this.grants = grantsOver(stage, data, this.functions);
    const { functions, grants } = this;
    const common = { stage, encryptionKey: data.encryptionKey, functions, grants };
    const { alerts, auth, audit, health, oncall, channels, paging, incidents, status } = data;
    this.values = new StageValues(data, 'Values', { ...common, data: auth });
    new AuthApp(this, 'Auth', { ...common, data: auth });
    const eventful = tablesIn(data).filter(({ shape }) => shape.auditEvents === 'by_stream');
    this.alerts = new AlertsApp(this, 'Alerts', { ...common, data: alerts });
    this.audit = new AuditApp(this, 'Audit', { ...common, data: audit, eventful, topic: alerts.topic });
    new HealthApp(this, 'Health', { ...common, data: health });
    new OncallApp(this, 'Oncall', { ...common, data: oncall, channels });
    const incidentsApp = new IncidentsApp(this, 'Incidents', { ...common, data: incidents, alerts });
    new RelayApp(this, 'Relay', {
      ...common,
      data: alerts,
      alerts: this.alerts,
      audit: this.audit,
      incidents: incidentsApp,
    });
    this.paging = new PagingApp(this, 'Paging', {
      ...common,
      data: paging,
      channels,
      alerts,
      oncall,
      incidents: incidentsApp,
    });
    new IntegrationsApp(this, 'Integrations', { ...common, data: data.integrations, channels });
    this.status = new StatusApp(this, 'Status', { ...common, data: status, channels });
    this.functions.add(this, 'docs', 'Serves the OpenAPI document', { memoryMb: 256 });
    const { edgeKeyHashes } = this.values;
    // Each function that serves routes knows the address of a client behind the edge by them.
    if (edgeKeyHashes === undefined) return;
    for (const name of Object.keys(SURFACE)) functions.get(name).addEnvironment('EDGE_KEY_HASHES', edgeKeyHashes);
  }
}

/** The tables of the contexts, in the order in which the stack makes them. */
const tablesIn = (data: DataStack): readonly ContextTable[] =>
  data.node.findAll().filter((each) => each instanceof ContextTable);

/** The HTTP surface, with its routes in nested stacks, because CloudFormation takes 500 resources a stack. */
export class ApiStack extends Stack {
  readonly http: HttpApi;

  constructor(app: App, stage: StageConfig, data: DataStack, application: AppStack, props: StackProps) {
    super(app, `Tocsin-${stage.name}-api`, props);
    const { functions, grants } = application;
    const common = { stage, encryptionKey: data.encryptionKey, functions, grants };
    const http = new HttpApi(this, 'Http', {
      stage,
      routes: surface(),
      parts: GATEWAY_PARTS,
      functionArns: Object.fromEntries(
        Object.keys(SURFACE).map((name) => [name, functions.get(name).invoked.functionArn]),
      ),
      authorizerArn: functions.get('auth-authorizer').invoked.functionArn,
    });
    this.http = http;
    const plans = Object.entries(http.plans).map(([tier, plan]) => [tier, plan.usagePlanId]);
    const meters = new AuthMeters(this, 'Meters', {
      ...common,
      data: data.auth,
      wakes: application.paging.wakes,
      apiId: http.api.restApiId,
      planIds: this.toJsonString(Object.fromEntries(plans)),
    });
    for (const fn of meters.placers) http.grantManageUsageKeys(fn.lambda);
    new AuditRequests(this, 'Audit', {
      ...common,
      data: data.audit,
      app: application.audit,
      accessLogs: http.accessLogs,
    });
    const paging = { data: data.paging, channels: data.channels, app: application.paging, publicUrl: http.url };
    new PagingSenders(this, 'Paging', { ...common, ...paging });
    new StatusRenderers(this, 'Status', {
      ...common,
      data: data.status,
      app: application.status,
      channels: data.channels,
      publicUrl: http.url,
    });
    new WebhookSenders(this, 'Webhooks', {
      ...common,
      data: data.integrations,
      alerts: data.alerts,
      alertsApp: application.alerts,
      channels: data.channels,
      publicUrl: http.url,
    });
    new CfnOutput(this, 'Url', { value: http.url, description: 'Address of the API' });
  }
}

/** One key for tables, queues, topic and secrets. CloudWatch and two-way SMS may use it to publish to topics. */
const dataKey = (scope: Stack, stage: StageConfig): kms.IKey => {
  const kept = stage.restored[DATA_KEY];
  if (kept !== undefined) return kms.Key.fromKeyArn(scope, DATA_KEY, kept);
  const key = new kms.Key(scope, DATA_KEY, {
    alias: `alias/tocsin-${stage.name}`,
    description: `Tocsin ${stage.name}: tables, queues, topic and secrets`,
    enableKeyRotation: true,
    removalPolicy: removalPolicyOf(stage),
  });
  (key.node.defaultChild as kms.CfnKey).overrideLogicalId(DATA_KEY);
  const ofThisAccount = { StringEquals: { 'aws:SourceAccount': scope.account } };
  const byTopicsOfThisAccount = { ArnLike: { 'aws:SourceArn': scope.formatArn({ service: 'sns', resource: '*' }) } };
  for (const [service, conditions] of [
    ['cloudwatch', ofThisAccount],
    ['sms-voice', ofThisAccount],
    ['sns', byTopicsOfThisAccount],
  ] as const) {
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        principals: [new iam.ServicePrincipal(`${service}.amazonaws.com`)],
        conditions,
      }),
    );
  }
  return key;
};
