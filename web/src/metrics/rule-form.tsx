import './metrics.css';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { SEVERITIES } from '../alerts/severity.tsx';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { ServiceSelect } from '../services/service-select.tsx';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { ChoiceField, choices, Field, FieldErrors, NumberField, TextField } from '../shell/fields.tsx';
import { useGo } from '../shell/go.ts';
import { Loading } from '../shell/loading.tsx';
import { PairsField } from '../shell/pairs-field.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { useTitle } from '../shell/use-title.ts';
import { ConditionFields } from './condition-fields.tsx';
import { aCondition, conditionText, isAggregation, isWhole, simplesIn, type Condition } from './condition.ts';
import { Preview } from './preview.tsx';
import { RULES, useMetricNames, useRule, type Rule } from './use-metrics.ts';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';

export type Draft = Schemas['CreateAlertRule'];

const MISSING = [
  { value: 'keep', label: 'The last judgement counts' },
  { value: 'ok', label: 'All is well' },
  { value: 'broken', label: 'It is broken' },
];

/** A rule out of what was explored, as the address has it. */
const draftFrom = (params: URLSearchParams): Draft => {
  const as = params.get('as') ?? 'avg';
  const dimensions = Object.fromEntries(
    (params.get('only') ?? '')
      .split(',')
      .filter((pair) => pair.includes(':'))
      .map((pair): [string, string] => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)]),
  );
  const condition = aCondition('threshold', params.get('metric') ?? '', dimensions);
  return {
    name: '',
    description: '',
    enabled: true,
    condition: (condition.type === 'threshold' && isAggregation(as)
      ? { ...condition, aggregation: as }
      : condition) as Condition,
    groupBy: (params.get('by') ?? '').split(',').filter((each) => each !== ''),
    forSeconds: 120,
    keepFiringSeconds: 60,
    missingData: 'keep',
    severity: 'error',
    service: null,
    team: null,
    labels: {},
    runbookUrl: null,
  };
};

const draftOf = (rule: Rule): Draft => ({
  name: rule.name,
  description: rule.description,
  enabled: rule.enabled,
  condition: rule.condition as Condition,
  groupBy: rule.groupBy,
  forSeconds: rule.forSeconds,
  keepFiringSeconds: rule.keepFiringSeconds,
  missingData: rule.missingData as Draft['missingData'],
  severity: rule.severity as Draft['severity'],
  service: rule.service,
  team: rule.team,
  labels: rule.labels,
  runbookUrl: rule.runbookUrl,
});

interface PartProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

const GroupBy = ({ draft, onChange }: PartProps) => {
  const { data } = useMetricNames();
  const metrics = new Set(
    simplesIn(draft.condition).flatMap((simple) =>
      simple.type === 'ratio' ? [simple.numerator.metric, simple.denominator.metric] : [simple.metric],
    ),
  );
  const dimensions = new Set([
    ...(data?.items ?? []).filter(({ name }) => metrics.has(name)).flatMap((each) => Object.keys(each.dimensions)),
    ...(draft.groupBy ?? []),
  ]);
  return (
    <Field
      label="An alert for each"
      description="Combination of values of these dimensions, at most four. Without any, there is one alert."
      pointer="/groupBy"
      isOptional
      stretch
    >
      <Multiselect
        selectedOptions={(draft.groupBy ?? []).map((value) => ({ value, label: value }))}
        options={choices([...dimensions])}
        placeholder="One alert in all"
        empty="The metric has no dimension."
        deselectAriaLabel={({ label }) => `Remove ${label}`}
        onChange={({ detail }) =>
          onChange({ ...draft, groupBy: detail.selectedOptions.flatMap(({ value }) => value ?? []) })
        }
      />
    </Field>
  );
};

const Alert = ({ draft, onChange }: PartProps) => (
  <Container header={<Header variant="h2">The alert</Header>}>
    <SpaceBetween size="l">
      <div className="form-grid">
        <TextField
          label="Name"
          description="It is the title of the alert."
          pointer="/name"
          missing={draft.name.trim() === '' && 'Name the rule.'}
          value={draft.name}
          placeholder="Checkout is slow"
          onChange={(name) => onChange({ ...draft, name })}
        />
        <ChoiceField
          label="Severity"
          value={draft.severity}
          options={choices(SEVERITIES)}
          onChange={(severity) => onChange({ ...draft, severity })}
        />
        <Field label="Service">
          <ServiceSelect value={draft.service ?? null} onChange={(service) => onChange({ ...draft, service })} />
        </Field>
      </div>
      <div className="form-grid">
        <NumberField
          label="It must hold for"
          description="Seconds, before an alert opens."
          pointer="/forSeconds"
          value={draft.forSeconds}
          onChange={(forSeconds) => onChange({ ...draft, forSeconds: forSeconds ?? 0 })}
        />
        <NumberField
          label="It must be over for"
          description="Seconds, before the alert resolves."
          pointer="/keepFiringSeconds"
          value={draft.keepFiringSeconds}
          onChange={(keepFiringSeconds) => onChange({ ...draft, keepFiringSeconds: keepFiringSeconds ?? 0 })}
        />
        <ChoiceField
          label="Without data"
          value={draft.missingData}
          options={MISSING}
          onChange={(missingData) => onChange({ ...draft, missingData })}
        />
      </div>
      <GroupBy draft={draft} onChange={onChange} />
      <ExpandableSection headerText="Description, runbook and labels">
        <SpaceBetween size="l">
          <Field label="Description" isOptional stretch>
            <Textarea
              value={draft.description}
              rows={3}
              onChange={({ detail }) => onChange({ ...draft, description: detail.value })}
            />
          </Field>
          <div className="form-grid">
            <TextField
              label="Runbook"
              isOptional
              pointer="/runbookUrl"
              value={draft.runbookUrl ?? ''}
              placeholder="https://runbook.example/checkout"
              onChange={(url) => onChange({ ...draft, runbookUrl: url === '' ? null : url })}
            />
            <TextField
              label="Team"
              isOptional
              pointer="/team"
              value={draft.team ?? ''}
              onChange={(team) => onChange({ ...draft, team: team === '' ? null : team })}
            />
          </div>
          <PairsField
            label="Labels"
            pointer="/labels"
            value={draft.labels ?? {}}
            names="environment"
            values="production"
            add="Add a label"
            onChange={(labels) => onChange({ ...draft, labels })}
          />
          <Checkbox checked={draft.enabled} onChange={({ detail }) => onChange({ ...draft, enabled: detail.checked })}>
            The rule is on
          </Checkbox>
        </SpaceBetween>
      </ExpandableSection>
    </SpaceBetween>
  </Container>
);

const RuleForm = ({ rule: present }: { readonly rule?: Rule }) => {
  const rule = useOpened(present);
  const go = useGo();
  const can = useCan();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [draft, setDraft] = useState<Draft>(() => (rule ? draftOf(rule) : draftFrom(params)));
  useTitle(rule ? rule.name : 'Add a rule');
  const mayWrite = can('monitoring.config.update');
  const body = { ...draft, name: draft.name.trim() };
  const save = useAction({
    act: (version: number) =>
      rule
        ? bodyOf(
            api.PUT('/api/monitoring/rules/{id}', { params: { path: { id: rule.id } }, body: { ...body, version } }),
          )
        : bodyOf(api.POST('/api/monitoring/rules', { body })),
    changes: [RULES],
    done: () => 'The rule is saved. It is in force within 15 seconds.',
    then: () => void navigate('/explore?part=rules'),
    showsErrors: true,
  });
  const isOvertaken = save.error instanceof Refusal && save.error.code === 'rule.changed';
  return (
    <SubmitForm isBusy={save.isPending} onSubmit={() => mayWrite && save.mutate(rule?.version ?? 0)}>
      <FieldErrors error={save.error}>
        <Form
          header={
            <SpaceBetween size="m">
              <BreadcrumbGroup
                items={[
                  { text: 'Metrics', href: '/explore' },
                  { text: 'Rules', href: '/explore?part=rules' },
                  { text: rule?.name ?? 'Add a rule', href: '#' },
                ]}
                ariaLabel="Where this page is"
                onFollow={go}
              />
              <Header variant="h1">
                <span className="wrap">{rule?.name ?? 'Add a rule'}</span>
              </Header>
            </SpaceBetween>
          }
          errorText={save.error && sentenceOf(save.error)}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" href="/explore?part=rules" onFollow={go}>
                {mayWrite ? 'Cancel' : 'Back'}
              </Button>
              {isOvertaken && present && (
                <Button formAction="none" onClick={() => save.mutate(present.version)}>
                  Save mine on top
                </Button>
              )}
              {mayWrite && <Submit loading={save.isPending}>Save</Submit>}
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">The condition</Header>}>
              <SpaceBetween size="m">
                <ConditionFields
                  condition={draft.condition}
                  onChange={(condition) => setDraft({ ...draft, condition })}
                />
                {isWhole(draft.condition) && (
                  <Box color="text-body-secondary">
                    <span className="wrap reason-line">When {conditionText(draft.condition)}.</span>
                  </Box>
                )}
              </SpaceBetween>
            </Container>
            <Preview draft={draft} isReady={isWhole(draft.condition)} />
            <Alert draft={draft} onChange={setDraft} />
          </SpaceBetween>
        </Form>
      </FieldErrors>
    </SubmitForm>
  );
};

/** Makes a rule, or changes one, with a preview over the past. */
export const EditRule = () => {
  const { id } = useParams();
  return id === undefined ? <RuleForm /> : <Change id={id} />;
};

const Change = ({ id }: { readonly id: string }) => {
  const { data, error, refetch } = useRule(id);
  if (data) return <RuleForm key={id} rule={data} />;
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  return <Loading text="Loading the rule" />;
};
