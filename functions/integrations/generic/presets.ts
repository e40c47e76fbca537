import type { Mapping } from './mapping.ts';

/*
 * The mappings of vendors whose webhooks are known. A person who makes such an integration needs no mapping of their own.
 */

export interface Preset {
  /** The vendor, as it writes its name. */
  readonly title: string;
  /** Where the address goes, in the vendor's words. */
  readonly setUp: string;
  /** The body that a person enters at the vendor, where its webhook has no form of its own. */
  readonly body?: string;
  readonly mapping: Mapping;
}

export const PRESETS = {
  cloudwatch: {
    title: 'Amazon CloudWatch',
    setUp:
      'SNS, the topic of the alarms, Create subscription: protocol HTTPS, the address goes into Endpoint. Tocsin confirms it.',
    mapping: {
      ignore: { value: '$.NewStateValue', is: 'INSUFFICIENT_DATA' },
      resolve: { value: '$.NewStateValue', is: 'OK' },
      trigger: { value: '$.NewStateValue', is: 'ALARM' },
      key: { from: ['$.AlarmArn', '$.AlarmName'] },
      title: '$.AlarmName',
      order: '$.StateChangeTime',
      description: { from: ['$.AlarmDescription', '$.NewStateReason'] },
      labels: {
        account: '$.AWSAccountId',
        region: '$.Region',
        namespace: '$.Trigger.Namespace',
        metric: '$.Trigger.MetricName',
      },
      annotations: { reason: '$.NewStateReason', rule: '$.AlarmRule', arn: '$.AlarmArn' },
    },
  },
  eventbridge: {
    title: 'Amazon EventBridge',
    setUp:
      'EventBridge, API destinations, Create: the address goes into the endpoint, the method is POST, with any connection. A rule for AWS Health, GuardDuty, ' +
      'Security Hub, CodePipeline, CloudWatch, results of Lambda functions or any other event has it as its target, with a dead-letter queue.',
    mapping: {
      ignore: {
        any: [
          { value: '$.detail.state.value', is: 'INSUFFICIENT_DATA' },
          // Its pipeline says so as well.
          {
            all: [
              { value: '$.source', is: 'aws.codepipeline' },
              { value: '$.detail.stage', exists: true },
            ],
          },
          {
            all: [
              { value: '$.source', is: 'aws.codepipeline' },
              { value: '$.detail.state', is: ['STARTED', 'RESUMED', 'CANCELED', 'SUPERSEDED', 'STOPPING', 'STOPPED'] },
            ],
          },
        ],
      },
      resolve: {
        any: [
          { value: '$.detail.state.value', is: 'OK' },
          { value: "$['detail-type']", is: 'Lambda Function Invocation Result - Success' },
          { value: '$.detail.findings[0].Workflow.Status', is: ['RESOLVED', 'SUPPRESSED'] },
          { value: '$.detail.findings[0].RecordState', is: 'ARCHIVED' },
          { value: '$.detail.findings[0].Compliance.Status', is: 'PASSED' },
          {
            all: [
              { value: '$.source', is: 'aws.health' },
              { value: '$.detail.statusCode', is: 'closed' },
            ],
          },
          {
            all: [
              { value: '$.source', is: 'aws.codepipeline' },
              { value: '$.detail.state', is: 'SUCCEEDED' },
            ],
          },
        ],
      },
      key: {
        from: [
          '$.detail.eventArn',
          '$.detail.findings[0].Id',
          '$.detail.requestContext.functionArn',
          '$.resources[0]',
          '$.detail.id',
          '$.id',
        ],
      },
      // An event that comes again, or late, changes nothing.
      order: '$.time',
      title: {
        from: [
          '$.detail.title',
          '$.detail.findings[0].Title',
          '$.detail.eventTypeCode',
          '$.detail.alarmName',
          "{{ $['detail-type'] }} {{ $.detail.pipeline }}{{ $.detail.requestContext.functionArn }}",
        ],
      },
      description: {
        from: [
          '$.detail.description',
          '$.detail.findings[0].Description',
          '$.detail.eventDescription[0].latestDescription',
          '$.detail.state.reason',
          '$.detail.responsePayload.errorMessage',
          '$.detail',
        ],
      },
      severity: {
        from: ['$.detail.findings[0].Severity.Label', '$.detail.severity', '$.detail.eventTypeCategory'],
        // GuardDuty has numbers such as 5.3.
        extract: '^[^.]+',
        lookup: {
          CRITICAL: 'critical',
          HIGH: 'error',
          MEDIUM: 'warning',
          LOW: 'info',
          INFORMATIONAL: 'info',
          issue: 'error',
          investigation: 'warning',
          scheduledChange: 'info',
          accountNotification: 'info',
          '10': 'critical',
          '9': 'critical',
          '8': 'error',
          '7': 'error',
          '6': 'warning',
          '5': 'warning',
          '4': 'warning',
          '3': 'info',
          '2': 'info',
          '1': 'info',
        },
      },
      labels: {
        account: '$.account',
        region: '$.region',
        source: '$.source',
        type: "$['detail-type']",
        resource: '$.resources[0]',
      },
      annotations: { event: '$.id', time: '$.time' },
    },
  },
  lambda: {
    title: 'AWS Lambda destination',
    setUp:
      'Lambda, the function, Add destination, On failure: a topic of SNS, and a subscription of it by HTTPS to the address. Tocsin confirms it. With the same ' +
      'for On success, the next success resolves the alert.',
    mapping: {
      resolve: { value: '$.requestContext.condition', is: 'Success' },
      key: '$.requestContext.functionArn',
      order: '$.timestamp',
      title: '{{ $.requestContext.functionArn }} failed: {{ $.requestContext.condition }}',
      description: { from: ['$.responsePayload.errorMessage', '$.responsePayload'] },
      service: { from: '$.requestContext.functionArn', extract: ':function:([^:]+)' },
      labels: { function: '$.requestContext.functionArn', condition: '$.requestContext.condition' },
      annotations: {
        request: '$.requestContext.requestId',
        attempts: '$.requestContext.approximateInvokeCount',
        errorType: '$.responsePayload.errorType',
      },
    },
  },
  grafana: {
    title: 'Grafana',
    setUp: 'Alerting, Contact points, New contact point, type Webhook: the address goes into URL, the method is POST.',
    mapping: {
      events: '$.alerts',
      resolve: { value: '$.status', is: 'resolved' },
      key: { from: ['$.fingerprint', '$.labels.alertname'] },
      title: { from: ['$.annotations.summary', '$.labels.alertname', '$$.title'] },
      description: { from: ['$.annotations.description', '$.annotations.message', '$.valueString'] },
      severity: '$.labels.severity',
      service: { from: ['$.labels.service', '$.labels.job'] },
      team: '$.labels.team',
      labelsFrom: '$.labels',
      annotationsFrom: '$.annotations',
      annotations: {
        dashboardURL: '$.dashboardURL',
        panelURL: '$.panelURL',
        silenceURL: '$.silenceURL',
        imageURL: '$.imageURL',
        generatorURL: '$.generatorURL',
        valueString: '$.valueString',
        externalURL: '$$.externalURL',
      },
    },
  },
  datadog: {
    title: 'Datadog',
    setUp:
      'Integrations, Webhooks, New: the address goes into URL, and the text below into Payload. Name @webhook-… in a monitor.',
    body: `{
  "key": "$AGGREG_KEY",
  "transition": "$ALERT_TRANSITION",
  "type": "$ALERT_TYPE",
  "priority": "$ALERT_PRIORITY",
  "title": "$EVENT_TITLE",
  "text": "$TEXT_ONLY_MSG",
  "host": "$HOSTNAME",
  "metric": "$ALERT_METRIC",
  "scope": "$ALERT_SCOPE",
  "tags": "$TAGS",
  "link": "$LINK"
}`,
    mapping: {
      resolve: { value: '$.transition', is: ['Recovered', 'Re-Recovered'] },
      key: { from: ['$.key', '$.id'] },
      title: { from: '$.title', extract: '^(?:\\[[^\\]]*\\]\\s*)?(.*)$' },
      description: { from: ['$.text', '$.body'] },
      severity: {
        from: ['$.priority', '$.type'],
        lookup: {
          P1: 'critical',
          P2: 'error',
          P3: 'warning',
          P4: 'info',
          P5: 'info',
          error: 'error',
          warning: 'warning',
          info: 'info',
          success: 'info',
        },
      },
      service: { from: '$.tags', extract: '(?:^|,)\\s*service:([^,]+)' },
      team: { from: '$.tags', extract: '(?:^|,)\\s*team:([^,]+)' },
      labels: { host: '$.host', metric: '$.metric', scope: '$.scope' },
      annotations: { link: '$.link', tags: '$.tags' },
    },
  },
  sentry: {
    title: 'Sentry',
    setUp:
      'Settings, Developer Settings, New Internal Integration: the address goes into Webhook URL; switch on Alert Rule Action, and issue under Webhooks.',
    mapping: {
      ignore: { value: 'header.sentry-hook-resource', is: ['installation', 'comment', 'error', 'seer'] },
      resolve: { value: '$.action', is: ['resolved', 'archived', 'ignored'] },
      trigger: { value: '$.action', is: ['created', 'unresolved', 'triggered', 'critical', 'warning', 'open'] },
      key: { from: ['$.data.issue.id', '$.data.event.issue_id', '$.data.metric_alert.id', '$.data.error.issue_id'] },
      title: {
        from: ['$.data.issue.title', '$.data.event.title', '$.data.description_title', '$.data.metric_alert.title'],
      },
      description: { from: ['$.data.issue.culprit', '$.data.event.culprit', '$.data.description_text'] },
      severity: {
        from: ['$.data.issue.level', '$.data.event.level', '$.action'],
        lookup: {
          fatal: 'critical',
          critical: 'critical',
          error: 'error',
          warning: 'warning',
          info: 'info',
          debug: 'info',
          sample: 'info',
        },
      },
      service: { from: ['$.data.issue.project.slug', '$.data.event.project_name', '$.data.metric_alert.projects[0]'] },
      labels: {
        environment: '$.data.event.environment',
        rule: { from: ['$.data.triggered_rule', '$.data.metric_alert.alert_rule.name'] },
      },
      annotations: {
        link: { from: ['$.data.issue.permalink', '$.data.issue.web_url', '$.data.event.web_url', '$.data.web_url'] },
      },
    },
  },
  azure: {
    title: 'Azure Monitor',
    setUp:
      'Monitor, Alerts, Action groups, Actions, Webhook: the address goes into URI, and the common alert schema is on.',
    mapping: {
      resolve: { value: '$.data.essentials.monitorCondition', is: 'Resolved' },
      key: { from: ['$.data.essentials.alertId', '$.data.essentials.originAlertId'] },
      title: '$.data.essentials.alertRule',
      description: { from: ['$.data.essentials.description', '$.data.alertContext.properties'] },
      severity: {
        from: '$.data.essentials.severity',
        lookup: { Sev0: 'critical', Sev1: 'error', Sev2: 'warning', Sev3: 'info', Sev4: 'info' },
      },
      service: '$.data.essentials.configurationItems[0]',
      labels: {
        signalType: '$.data.essentials.signalType',
        monitoringService: '$.data.essentials.monitoringService',
        target: '$.data.essentials.alertTargetIDs[0]',
      },
      annotations: {
        firedDateTime: '$.data.essentials.firedDateTime',
        investigationLink: '$.data.essentials.investigationLink',
      },
    },
  },
  'google-cloud': {
    title: 'Google Cloud Monitoring',
    setUp: 'Monitoring, Alerting, Edit notification channels, Webhooks: the address goes into Endpoint URL.',
    mapping: {
      resolve: { value: '$.incident.state', is: 'closed' },
      key: '$.incident.incident_id',
      title: { from: ['$.incident.policy_name', '$.incident.condition_name'] },
      description: { from: ['$.incident.summary', '$.incident.documentation.content'] },
      severity: { from: '$.incident.severity', lookup: { Critical: 'critical', Error: 'error', Warning: 'warning' } },
      service: { from: ['$.incident.policy_user_labels.service', '$.incident.resource_display_name'] },
      team: '$.incident.policy_user_labels.team',
      labels: {
        project: '$.incident.scoping_project_id',
        condition: '$.incident.condition_name',
        resource: '$.incident.resource_name',
        resourceType: '$.incident.resource_type_display_name',
      },
      annotations: { link: '$.incident.url', runbook: '$.incident.documentation.content' },
    },
  },
  'new-relic': {
    title: 'New Relic',
    setUp:
      'Alerts, Destinations, Webhook: the address goes into Endpoint URL. In a workflow, the default payload template fits.',
    mapping: {
      resolve: { value: { from: ['$.state', '$.current_state'] }, is: 'closed' },
      acknowledge: { value: { from: ['$.state', '$.current_state'] }, is: 'acknowledged' },
      key: { from: ['$.id', '$.issueId', '$.incident_id'] },
      title: { from: ['$.title', '$.condition_name', '$.annotations.title[0]'] },
      description: { from: ['$.annotations.description[0]', '$.details'] },
      severity: {
        from: ['$.priority', '$.severity'],
        lookup: {
          critical: 'critical',
          high: 'error',
          medium: 'warning',
          low: 'info',
          warning: 'warning',
          info: 'info',
        },
      },
      service: { from: ['$.impactedEntities[0]', '$.targets[0].name'] },
      labels: {
        policy: { from: ['$.alertPolicyNames[0]', '$.policy_name'] },
        condition: { from: ['$.alertConditionNames[0]', '$.condition_name'] },
      },
      annotations: { link: { from: ['$.issueUrl', '$.issuePageUrl', '$.incident_url'] }, runbook: '$.runbook_url' },
    },
  },
  'uptime-kuma': {
    title: 'Uptime Kuma',
    setUp:
      'Settings, Notifications, Setup Notification, type Webhook: the address goes into Post URL, and the request body is application/json.',
    mapping: {
      resolve: { value: '$.heartbeat.status', is: '1' },
      trigger: { value: '$.heartbeat.status', is: '0' },
      key: { from: '{{ $.monitor.id }} {{ $.monitor.name }}' },
      title: '{{ $.monitor.name }} is down',
      description: { from: ['$.heartbeat.msg', '$.msg'] },
      service: '$.monitor.name',
      labels: { type: '$.monitor.type', url: '$.monitor.url', host: '$.monitor.hostname' },
    },
  },
  zabbix: {
    title: 'Zabbix',
    setUp:
      'Alerts, Media types, Create, type Webhook: a script posts the text below to the address, with the macros as parameters.',
    body: `{
  "event_id": "{EVENT.ID}",
  "value": "{EVENT.VALUE}",
  "update_status": "{EVENT.UPDATE.STATUS}",
  "acknowledged": "{EVENT.ACK.STATUS}",
  "name": "{EVENT.NAME}",
  "severity": "{EVENT.SEVERITY}",
  "host": "{HOST.NAME}",
  "details": "{EVENT.OPDATA}",
  "link": "{TRIGGER.URL}"
}`,
    mapping: {
      resolve: { value: '$.value', is: '0' },
      acknowledge: {
        all: [
          { value: '$.update_status', is: '1' },
          { value: '$.acknowledged', is: 'Yes' },
        ],
      },
      ignore: { all: [{ value: '$.update_status', is: '1' }, { not: { value: '$.acknowledged', is: 'Yes' } }] },
      key: '$.event_id',
      title: '$.name',
      description: '$.details',
      severity: {
        from: '$.severity',
        lookup: {
          'Not classified': 'info',
          Information: 'info',
          Warning: 'warning',
          Average: 'error',
          High: 'error',
          Disaster: 'critical',
        },
      },
      service: '$.host',
      labels: { host: '$.host' },
      annotations: { link: '$.link' },
    },
  },
  jira: {
    title: 'Jira Service Management',
    setUp:
      'Settings, System, WebHooks, Create: the address goes into URL; issue created and updated, with a filter for the incidents.',
    mapping: {
      resolve: {
        any: [
          { value: '$.issue.fields.status.statusCategory.key', is: 'done' },
          { value: '$.webhookEvent', is: 'jira:issue_deleted' },
        ],
      },
      acknowledge: { value: '$.issue.fields.status.statusCategory.key', is: 'indeterminate' },
      key: '$.issue.key',
      title: '{{ $.issue.key }} {{ $.issue.fields.summary }}',
      description: '$.issue.fields.description',
      severity: {
        from: '$.issue.fields.priority.name',
        lookup: { Highest: 'critical', High: 'error', Medium: 'warning', Low: 'info', Lowest: 'info' },
      },
      service: { from: ['$.issue.fields.components[0].name', '$.issue.fields.project.name'] },
      labels: { project: '$.issue.fields.project.key', type: '$.issue.fields.issuetype.name' },
      annotations: { link: '$.issue.self' },
    },
  },
} as const satisfies Readonly<Record<string, Preset>>;
export type PresetName = keyof typeof PRESETS;
