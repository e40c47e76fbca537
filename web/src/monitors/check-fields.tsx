import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Box from '@cloudscape-design/components/box';
import { ChoiceField, choices, Field, NumberField, TextField } from '../shell/fields.tsx';
import { PairsField } from '../shell/pairs-field.tsx';
import type { Check } from './monitor.ts';
import { OWN_ZONE, ZONES } from '../shell/locale.ts';

type Of<T extends Check['type']> = Extract<Check, { type: T }>;

interface FieldsProps<T extends Check['type']> {
  readonly check: Of<T>;
  readonly onChange: (check: Of<T>) => void;
}

const METHODS = choices(['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS']);
const RECORDS = choices(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT']);
const OPERATORS = choices(['<', '<=', '>', '>=']);
const ZONE_CHOICES = choices(ZONES);

/** A text that is left out while it is empty. */
const optional = <K extends string>(name: K, text: string): { readonly [P in K]?: string } =>
  (text === '' ? {} : { [name]: text }) as { readonly [P in K]?: string };

const without = <T extends object, K extends keyof T>(of: T, name: K): Omit<T, K> => {
  const { [name]: _, ...rest } = of;
  return rest;
};

const linesOf = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

interface LinesProps {
  readonly label: string;
  readonly description: string;
  readonly pointer: string;
  readonly value: readonly string[];
  readonly placeholder: string;
  readonly missing?: string | false;
  readonly isOptional?: boolean;
  readonly onChange: (lines: string[]) => void;
}

const Lines = ({ value, placeholder, onChange, ...field }: LinesProps) => (
  <Field {...field} stretch>
    <Textarea
      value={value.join('\n')}
      rows={Math.min(Math.max(value.length, 2), 8)}
      placeholder={placeholder}
      onChange={({ detail }) => onChange(detail.value.split('\n'))}
      onBlur={() => onChange(linesOf(value.join('\n')))}
    />
  </Field>
);

const Headers = ({
  value,
  onChange,
}: {
  readonly value: Readonly<Record<string, string>>;
  readonly onChange: (value: Record<string, string>) => void;
}) => (
  <PairsField
    label="Headers"
    description="Sent to this server only, also after redirects. Values are never shown again: (hidden) keeps what is stored."
    pointer="/check/headers"
    value={value}
    names="authorization"
    values="Bearer …"
    add="Add a header"
    onChange={onChange}
  />
);

const Http = ({ check, onChange }: FieldsProps<'http'>) => {
  const text = (name: 'contains' | 'lacks' | 'jsonPath' | 'matches' | 'body') => (value: string) =>
    onChange({ ...without(check, name), ...optional(name, value) });
  const number = (name: 'maxLatencyMs' | 'minTlsDays') => (value: number | undefined) =>
    onChange({ ...without(check, name), ...(value !== undefined && { [name]: value }) });
  return (
    <SpaceBetween size="l">
      <TextField
        label="Address"
        description="Of the open internet. Redirects are followed up to five times."
        pointer="/check/url"
        missing={!URL.canParse(check.url) && 'Enter an address, such as https://shop.example/health.'}
        value={check.url}
        placeholder="https://shop.example/health"
        stretch
        onChange={(url) => onChange({ ...check, url })}
      />
      <div className="form-grid">
        <TextField
          label="The answer contains"
          isOptional
          pointer="/check/contains"
          value={check.contains ?? ''}
          placeholder="ok"
          onChange={text('contains')}
        />
        <NumberField
          label="It answers within"
          description="Milliseconds."
          isOptional
          pointer="/check/maxLatencyMs"
          value={check.maxLatencyMs}
          placeholder="2000"
          onChange={number('maxLatencyMs')}
        />
        <NumberField
          label="Certificates are good for"
          description="Days more, at least."
          isOptional
          pointer="/check/minTlsDays"
          value={check.minTlsDays}
          placeholder="14"
          onChange={number('minTlsDays')}
        />
      </div>
      <ExpandableSection headerText="Method, headers and further expectations">
        <SpaceBetween size="l">
          <div className="form-grid">
            <ChoiceField
              label="Method"
              value={check.method}
              options={METHODS}
              onChange={(method) => onChange({ ...check, method })}
            />
            <TextField
              label="Expected status"
              description="Statuses or ranges, with commas."
              pointer="/check/expectedStatus"
              value={check.expectedStatus.join(', ')}
              placeholder="200-299"
              onChange={(value) => onChange({ ...check, expectedStatus: value.split(',').map((each) => each.trim()) })}
            />
          </div>
          <Headers value={check.headers} onChange={(headers) => onChange({ ...check, headers })} />
          {(check.method === 'POST' || check.method === 'PUT') && (
            <Field label="Body" isOptional pointer="/check/body" stretch>
              <Textarea value={check.body ?? ''} rows={4} onChange={({ detail }) => text('body')(detail.value)} />
            </Field>
          )}
          <div className="form-grid">
            <TextField
              label="The answer does not contain"
              isOptional
              pointer="/check/lacks"
              value={check.lacks ?? ''}
              placeholder="maintenance"
              onChange={text('lacks')}
            />
            <TextField
              label="A JSONPath selects something"
              isOptional
              pointer="/check/jsonPath"
              value={check.jsonPath ?? ''}
              placeholder="$[?@.status=='ok']"
              onChange={text('jsonPath')}
            />
            <TextField
              label="The answer matches"
              description="A regular expression (RE2)."
              isOptional
              pointer="/check/matches"
              value={check.matches ?? ''}
              placeholder="version \d+"
              onChange={text('matches')}
            />
          </div>
          <Checkbox checked={check.timings} onChange={({ detail }) => onChange({ ...check, timings: detail.checked })}>
            Record where the time goes
            <Box variant="small" display="block">
              Name, connection, TLS and first byte become metrics, and a chart on the page of the monitor.
            </Box>
          </Checkbox>
          <Checkbox
            checked={check.strictHeaders}
            onChange={({ detail }) => onChange({ ...check, strictHeaders: detail.checked })}
          >
            Fail on malformed header lines
          </Checkbox>
        </SpaceBetween>
      </ExpandableSection>
    </SpaceBetween>
  );
};

const Heartbeat = ({ check, onChange }: FieldsProps<'heartbeat'>) => {
  const isCron = check.cron !== undefined;
  return (
    <SpaceBetween size="l">
      <ChoiceField
        label="The job runs"
        value={isCron ? 'cron' : 'period'}
        options={[
          { value: 'cron', label: 'By a schedule, as in a crontab' },
          { value: 'period', label: 'Again and again, after a time' },
        ]}
        onChange={(kind) => {
          const { cron: _, periodSeconds: __, ...rest } = check;
          onChange(kind === 'cron' ? { ...rest, cron: '0 3 * * *' } : { ...rest, periodSeconds: 3_600 });
        }}
      />
      <div className="form-grid">
        {isCron ? (
          <>
            <TextField
              label="Schedule"
              description="Minute, hour, day, month, weekday."
              pointer="/check/cron"
              missing={check.cron === '' && 'Enter when the job runs.'}
              value={check.cron ?? ''}
              placeholder="0 3 * * *"
              onChange={(cron) => onChange({ ...check, cron })}
            />
            <ChoiceField
              label="Time zone"
              description="By the clocks there."
              pointer="/check/timeZone"
              value={check.timeZone}
              options={ZONE_CHOICES}
              onChange={(timeZone) => onChange({ ...check, timeZone })}
            />
          </>
        ) : (
          <NumberField
            label="At least every"
            description="Minutes."
            pointer="/check/periodSeconds"
            missing={check.periodSeconds === 0 && 'Enter how often the job runs.'}
            value={check.periodSeconds === undefined ? undefined : check.periodSeconds / 60}
            onChange={(minutes) => onChange({ ...check, periodSeconds: Math.round((minutes ?? 0) * 60) })}
          />
        )}
        <NumberField
          label="Grace"
          description="Minutes that a report may be late."
          pointer="/check/graceSeconds"
          value={check.graceSeconds / 60}
          onChange={(minutes) => onChange({ ...check, graceSeconds: Math.round((minutes ?? 0) * 60) })}
        />
        <TextField
          label="Slug"
          description="A machine key can report by it. Small letters, digits and hyphens."
          isOptional
          pointer="/check/slug"
          value={check.slug ?? ''}
          placeholder="nightly-backup"
          onChange={(slug) => onChange({ ...without(check, 'slug'), ...optional('slug', slug) })}
        />
      </div>
    </SpaceBetween>
  );
};

const Socket = ({ check, onChange }: FieldsProps<'tcp'> | FieldsProps<'tls'>) => {
  const set = onChange as (check: Of<'tcp'> | Of<'tls'>) => void;
  return (
    <div className="form-grid">
      <TextField
        label="Host"
        pointer="/check/host"
        missing={check.host === '' && 'Enter a host.'}
        value={check.host}
        placeholder="db-1.example.com"
        onChange={(host) => set({ ...check, host })}
      />
      <NumberField
        label="Port"
        pointer="/check/port"
        missing={!(check.port > 0) && 'Enter a port.'}
        value={check.port || undefined}
        placeholder={check.type === 'tls' ? '443' : '5432'}
        onChange={(port) => set({ ...check, port: port ?? 0 })}
      />
      {check.type === 'tls' && (
        <NumberField
          label="Certificates are good for"
          description="Days more, at least."
          pointer="/check/minDays"
          value={check.minDays}
          onChange={(minDays) => set({ ...check, minDays: minDays ?? 0 })}
        />
      )}
    </div>
  );
};

const Dns = ({ check, onChange }: FieldsProps<'dns'>) => (
  <SpaceBetween size="l">
    <div className="form-grid">
      <TextField
        label="Name"
        pointer="/check/name"
        missing={check.name === '' && 'Enter a name to look up.'}
        value={check.name}
        placeholder="shop.example"
        onChange={(name) => onChange({ ...check, name })}
      />
      <ChoiceField
        label="Record"
        value={check.recordType}
        options={RECORDS}
        onChange={(recordType) => onChange({ ...check, recordType })}
      />
    </div>
    <Lines
      label="Expected answers"
      description="One a line. Each must be among the answers."
      pointer="/check/expected"
      isOptional
      value={check.expected}
      placeholder="192.0.2.7"
      onChange={(expected) => onChange({ ...check, expected })}
    />
  </SpaceBetween>
);

const Scrape = ({ check, onChange }: FieldsProps<'scrape'>) => (
  <SpaceBetween size="l">
    <TextField
      label="Address"
      description="Of a page in the format of Prometheus, at most 1 MiB."
      pointer="/check/url"
      missing={!URL.canParse(check.url) && 'Enter an address, such as https://shop.example/metrics.'}
      value={check.url}
      placeholder="https://shop.example/metrics"
      stretch
      onChange={(url) => onChange({ ...check, url })}
    />
    <Lines
      label="Series"
      description="One a line. A name that ends in * takes all that begin so. They become metrics under their names."
      pointer="/check/metrics"
      missing={check.metrics.every((each) => each.trim() === '') && 'Name at least one series.'}
      value={check.metrics}
      placeholder={'http_requests_total\nprocess_*'}
      onChange={(metrics) => onChange({ ...check, metrics })}
    />
    <Headers value={check.headers} onChange={(headers) => onChange({ ...check, headers })} />
  </SpaceBetween>
);

type CloudwatchQuery = Of<'cloudwatch'>['queries'][number];

const aQuery = (number: number): CloudwatchQuery => ({
  id: `q${number}`,
  namespace: 'AWS/SQS',
  metricName: 'ApproximateAgeOfOldestMessage',
  dimensions: {},
  statistic: 'Maximum',
  periodSeconds: 60,
});

interface QueryProps {
  readonly query: CloudwatchQuery;
  readonly place: number;
  readonly onChange: (query: CloudwatchQuery) => void;
  readonly onRemove?: () => void;
}

const Query = ({ query, place, onChange, onRemove }: QueryProps) => {
  const isExpression = query.expression !== undefined;
  const at = `/check/queries/${place}`;
  return (
    <Container
      header={
        <Header
          variant="h3"
          actions={
            onRemove && (
              <Button formAction="none" onClick={onRemove}>
                Remove
              </Button>
            )
          }
        >
          <span className="wrap">{query.id === '' ? 'A figure' : query.id}</span>
        </Header>
      }
    >
      <SpaceBetween size="m">
        <div className="form-grid">
          <TextField
            label="Id"
            description="By which expectations and expressions name it."
            pointer={`${at}/id`}
            value={query.id}
            onChange={(id) => onChange({ ...query, id })}
          />
          <ChoiceField
            label="Kind"
            value={isExpression ? 'expression' : 'metric'}
            options={[
              { value: 'metric', label: 'A metric' },
              { value: 'expression', label: 'An expression' },
            ]}
            onChange={(kind) =>
              onChange(
                kind === 'expression'
                  ? { id: query.id, dimensions: {}, periodSeconds: query.periodSeconds, expression: 'q1 / q2' }
                  : { ...aQuery(place + 1), id: query.id },
              )
            }
          />
        </div>
        {isExpression ? (
          <TextField
            label="Expression"
            description="Metric math over the other figures, or SEARCH."
            pointer={`${at}/expression`}
            value={query.expression ?? ''}
            stretch
            onChange={(expression) => onChange({ ...query, expression })}
          />
        ) : (
          <>
            <div className="form-grid">
              <TextField
                label="Namespace"
                pointer={`${at}/namespace`}
                value={query.namespace ?? ''}
                onChange={(namespace) => onChange({ ...query, namespace })}
              />
              <TextField
                label="Metric"
                pointer={`${at}/metricName`}
                value={query.metricName ?? ''}
                onChange={(metricName) => onChange({ ...query, metricName })}
              />
              <TextField
                label="Statistic"
                description="Average, Sum, Maximum, p99 …"
                pointer={`${at}/statistic`}
                value={query.statistic ?? ''}
                onChange={(statistic) => onChange({ ...query, statistic })}
              />
            </div>
            <PairsField
              label="Dimensions"
              pointer={`${at}/dimensions`}
              value={query.dimensions}
              names="QueueName"
              values="orders"
              add="Add a dimension"
              onChange={(dimensions) => onChange({ ...query, dimensions })}
            />
          </>
        )}
      </SpaceBetween>
    </Container>
  );
};

const Cloudwatch = ({ check, onChange }: FieldsProps<'cloudwatch'>) => {
  const { queries, expect } = check;
  const replaced = <T,>(all: readonly T[], place: number, next?: T): T[] =>
    all.flatMap((each, i) => (i === place ? (next === undefined ? [] : [next]) : [each]));
  return (
    <SpaceBetween size="l">
      <Box color="text-body-secondary">
        AWS charges a cent for a thousand requested metrics: one metric each minute is 43 cents a month, one in five
        minutes 9.
      </Box>
      {queries.map((query, i) => (
        <Query
          // A figure has no identity but its place.
          key={`query ${i + 1}`}
          query={query}
          place={i}
          onChange={(next) => onChange({ ...check, queries: replaced(queries, i, next) })}
          {...(queries.length > 1 && { onRemove: () => onChange({ ...check, queries: replaced(queries, i) }) })}
        />
      ))}
      <Button
        iconName="add-plus"
        formAction="none"
        onClick={() => onChange({ ...check, queries: [...queries, aQuery(queries.length + 1)] })}
      >
        Add a figure
      </Button>
      <Field label="It is up while" isOptional pointer="/check/expect" stretch>
        <SpaceBetween size="xs">
          {expect.map((each, i) => (
            <div className="expect-row" key={`expectation ${i + 1}`}>
              <ChoiceField
                label="Figure"
                value={each.query}
                options={choices(queries.map(({ id }) => id))}
                onChange={(query) => onChange({ ...check, expect: replaced(expect, i, { ...each, query }) })}
              />
              <ChoiceField
                label="Is"
                value={each.operator}
                options={OPERATORS}
                onChange={(operator) => onChange({ ...check, expect: replaced(expect, i, { ...each, operator }) })}
              />
              <NumberField
                label="Value"
                value={each.value}
                onChange={(value) =>
                  onChange({ ...check, expect: replaced(expect, i, { ...each, value: value ?? 0 }) })
                }
              />
              <Button
                iconName="remove"
                variant="icon"
                formAction="none"
                ariaLabel={`Remove expectation ${i + 1}`}
                onClick={() => onChange({ ...check, expect: replaced(expect, i) })}
              />
            </div>
          ))}
          <Button
            iconName="add-plus"
            formAction="none"
            onClick={() =>
              onChange({ ...check, expect: [...expect, { query: queries[0]?.id ?? '', operator: '<', value: 0 }] })
            }
          >
            Add an expectation
          </Button>
        </SpaceBetween>
      </Field>
      <div className="form-grid">
        <TextField
          label="Region"
          description="Empty for the region of Tocsin."
          isOptional
          pointer="/check/region"
          value={check.region ?? ''}
          placeholder="eu-central-1"
          onChange={(region) => onChange({ ...without(check, 'region'), ...optional('region', region) })}
        />
        <NumberField
          label="A value may be old"
          description="Minutes."
          pointer="/check/windowSeconds"
          value={check.windowSeconds / 60}
          onChange={(minutes) => onChange({ ...check, windowSeconds: (minutes ?? 0) * 60 })}
        />
        <ChoiceField
          label="Without a value it is"
          value={check.missingData}
          options={[
            { value: 'down', label: 'Down' },
            { value: 'up', label: 'Up' },
          ]}
          onChange={(missingData) => onChange({ ...check, missingData })}
        />
      </div>
    </SpaceBetween>
  );
};

const Self = ({ check, onChange }: FieldsProps<'self'>) => (
  <Lines
    label="Alarms to leave out"
    description="One text a line. Alarms whose names contain one of them are left out."
    pointer="/check/ignore"
    isOptional
    value={check.ignore}
    placeholder="OnCallGap"
    onChange={(ignore) => onChange({ ...check, ignore })}
  />
);

/** A new check of each type, with what most people want. */
export const aCheck = (type: Check['type']): Check => {
  switch (type) {
    case 'http':
      return {
        type,
        url: '',
        method: 'GET',
        headers: {},
        expectedStatus: ['200-299'],
        minTlsDays: 14,
        timings: false,
        strictHeaders: false,
      };
    case 'heartbeat':
      return {
        type,
        cron: '0 3 * * *',
        timeZone: OWN_ZONE,
        graceSeconds: 1_800,
      };
    case 'tcp':
      return { type, host: '', port: 0 };
    case 'tls':
      return { type, host: '', port: 443, minDays: 14 };
    case 'dns':
      return { type, name: '', recordType: 'A', expected: [] };
    case 'scrape':
      return { type, url: '', headers: {}, strictHeaders: false, metrics: [] };
    case 'cloudwatch':
      return { type, queries: [aQuery(1)], expect: [], windowSeconds: 900, missingData: 'down' };
    case 'self':
      return { type, ignore: [] };
  }
};

/** The check as it is sent: lists without empty lines. */
export const cleaned = (check: Check): Check => {
  switch (check.type) {
    case 'http':
      return { ...check, expectedStatus: check.expectedStatus.filter((each) => each !== '') };
    case 'dns':
      return { ...check, expected: linesOf(check.expected.join('\n')) };
    case 'scrape':
      return { ...check, metrics: linesOf(check.metrics.join('\n')) };
    case 'self':
      return { ...check, ignore: linesOf(check.ignore.join('\n')) };
    default:
      return check;
  }
};

/** Whether all is there that a check cannot do without. */
export const isComplete = (check: Check): boolean => {
  switch (check.type) {
    case 'http':
      return URL.canParse(check.url);
    case 'scrape':
      return URL.canParse(check.url) && cleaned(check).type === 'scrape' && check.metrics.some((each) => each !== '');
    case 'tcp':
    case 'tls':
      return check.host !== '' && check.port > 0;
    case 'dns':
      return check.name !== '';
    case 'heartbeat':
      return check.cron !== '' && check.periodSeconds !== 0;
    case 'cloudwatch':
    case 'self':
      return true;
  }
};

/** The fields of a check, each with what it means. */
export const CheckFields = ({
  check,
  onChange,
}: {
  readonly check: Check;
  readonly onChange: (check: Check) => void;
}) => {
  switch (check.type) {
    case 'http':
      return <Http check={check} onChange={onChange} />;
    case 'heartbeat':
      return <Heartbeat check={check} onChange={onChange} />;
    case 'tcp':
      return <Socket check={check} onChange={onChange} />;
    case 'tls':
      return <Socket check={check} onChange={onChange} />;
    case 'dns':
      return <Dns check={check} onChange={onChange} />;
    case 'scrape':
      return <Scrape check={check} onChange={onChange} />;
    case 'cloudwatch':
      return <Cloudwatch check={check} onChange={onChange} />;
    case 'self':
      return <Self check={check} onChange={onChange} />;
  }
};
