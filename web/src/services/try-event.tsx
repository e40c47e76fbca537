import Alert from '@cloudscape-design/components/alert';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { SEVERITIES, SeverityBadge, type Severity } from '../alerts/severity.tsx';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { sentenceOf } from '../api/refusal.ts';
import { ChoiceField, choices, Field, TextField } from '../shell/fields.tsx';
import { PairsField } from '../shell/pairs-field.tsx';
import { useAction } from '../shell/use-action.ts';
import { CATCH_ALL, nameIn, usePolicies } from './catalogue.ts';
import { ServiceSelect } from './service-select.tsx';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';

const OUTCOMES = {
  matched: ['green', 'holds'],
  matched_and_continued: ['blue', 'holds, goes on'],
  skipped: ['grey', 'does not hold'],
  not_reached: ['grey', 'not reached'],
} as const satisfies Readonly<Record<Schemas['RoutingTrace']['outcome'], readonly ['green' | 'blue' | 'grey', string]>>;
const FROM = { rule: 'by a rule', service: 'by its service', catch_all: 'as everything else' } as const;

/** Which way an event goes, and what each rule made of it. */
export const RoutingResult = ({ answer: { decision, trace } }: { readonly answer: Schemas['TestRoutingAnswer'] }) => {
  const { data: policies } = usePolicies();
  // Where its policy is gone, an alert follows that of everything else.
  const isUnpaged =
    policies !== undefined && !policies.items.some(({ id }) => id === decision.policyId || id === CATCH_ALL);
  return (
    <SpaceBetween size="m">
      <div>
        {decision.suppressed ? (
          <b>It is stored, and pages nobody.</b>
        ) : isUnpaged ? (
          <div className="wrap">
            <b>It pages nobody.</b> Nobody has made the policy that it follows, {FROM[decision.policyFrom]}.
          </div>
        ) : (
          <div className="wrap">
            It follows the policy <b>{nameIn(policies?.items, decision.policyId)}</b>, {FROM[decision.policyFrom]}.
          </div>
        )}
        <Box variant="small" display="block">
          <SeverityBadge severity={decision.severity} />{' '}
          <span className="wrap">
            {decision.service === null ? 'no service' : `service ${decision.service}`},{' '}
            {decision.urgency === 'high' ? 'wakes people' : 'can wait'}
          </span>
        </Box>
      </div>
      {trace.length > 0 && (
        <ol className="lines">
          {trace.map(({ rule, outcome, because }, i) => {
            const [colour, text] = OUTCOMES[outcome];
            return (
              <li key={`${rule} ${i + 1}`}>
                <div className="row">
                  <span className="wrap">{rule}</span>
                  <Badge color={colour}>{text}</Badge>
                </div>
                <Box variant="small">
                  <span className="wrap">{because}</span>
                </Box>
              </li>
            );
          })}
        </ol>
      )}
    </SpaceBetween>
  );
};

/** Shows how an event would be routed, and why. Nothing is raised. */
export const TryEvent = () => {
  const [title, setTitle] = useState('');
  const [severity, setSeverity] = useState<Severity>('critical');
  const [source, setSource] = useState('');
  const [service, setService] = useState<string | null>(null);
  const [labels, setLabels] = useState<Record<string, string>>({});
  const attempt = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/routing/test', {
          body: {
            event: {
              title,
              severity,
              service,
              labels,
              description: '',
              dedupKey: '',
              source: source === '' ? 'manual' : source,
            },
          },
        }),
      ),
    changes: [],
    showsErrors: true,
  });
  return (
    <Container
      header={
        <Header variant="h2" description="By the rules that are saved. Nothing is raised.">
          Try an event
        </Header>
      }
    >
      <SubmitForm isChanged={false} isBusy={attempt.isPending} onSubmit={() => attempt.mutate()}>
        <SpaceBetween size="m">
          <TextField label="Title" value={title} placeholder="Postgres is behind" stretch onChange={setTitle} />
          <div className="form-grid">
            <ChoiceField label="Severity" value={severity} options={choices(SEVERITIES)} onChange={setSeverity} />
            <TextField label="Source" value={source} placeholder="prometheus" onChange={setSource} />
          </div>
          <Field label="Service">
            <ServiceSelect value={service} onChange={setService} />
          </Field>
          <PairsField
            label="Labels"
            value={labels}
            names="environment"
            values="staging"
            add="Add a label"
            onChange={setLabels}
          />
          <Submit variant="normal" loading={attempt.isPending}>
            Try it
          </Submit>
          <div aria-live="polite">
            {attempt.error && <Alert type="error">{sentenceOf(attempt.error)}</Alert>}
            {attempt.data && <RoutingResult answer={attempt.data} />}
          </div>
        </SpaceBetween>
      </SubmitForm>
    </Container>
  );
};
