import './monitors.css';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { SEVERITIES } from '../alerts/severity.tsx';
import { api, bodyOf } from '../api/client.ts';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { ServiceSelect } from '../services/service-select.tsx';
import { Failed } from '../shell/failed.tsx';
import { ChoiceField, choices, Field, FieldErrors, NumberField, TextField } from '../shell/fields.tsx';
import { useGo } from '../shell/go.ts';
import { Loading } from '../shell/loading.tsx';
import { PairsField } from '../shell/pairs-field.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { aCheck, CheckFields, cleaned, isComplete } from './check-fields.tsx';
import { PingKey } from './heartbeat.tsx';
import { draftOf, MONITORS, replaceMonitor, useMonitor, type CheckType, type Draft, type Monitor } from './monitor.ts';
import { TryCard } from './try-check.tsx';
import { TYPE_NAMES, TYPES } from './words.ts';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';

const INTERVALS = [1, 2, 3, 5, 10, 15, 20, 30, 60].map((minutes) => ({
  value: String(minutes),
  label: minutes === 1 ? 'Every minute' : `Every ${minutes} minutes`,
}));

const TILES = TYPE_NAMES.map((value) => ({ value, label: TYPES[value][0], description: TYPES[value][1] }));

const aDraft = (type: CheckType): Draft => ({
  name: '',
  check: aCheck(type),
  intervalMinutes: type === 'cloudwatch' ? 5 : 1,
  timeoutMs: 10_000,
  failAfter: 2,
  recoverAfter: 1,
  severity: 'critical',
  service: null,
  team: null,
  labels: {},
  runbookUrl: null,
  enabled: true,
  maintenance: [],
});

interface PartProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

const Basics = ({ draft, onChange }: PartProps) => (
  <Container header={<Header variant="h2">Name and severity</Header>}>
    <SpaceBetween size="l">
      <div className="form-grid">
        <TextField
          label="Name"
          description="It is in the message that wakes somebody up."
          pointer="/name"
          missing={draft.name.trim() === '' && 'Name the monitor.'}
          value={draft.name}
          placeholder="Checkout"
          onChange={(name) => onChange({ ...draft, name })}
        />
        <Field label="Service" description="Its alerts follow the policy of the service." pointer="/service">
          <ServiceSelect value={draft.service ?? null} onChange={(service) => onChange({ ...draft, service })} />
        </Field>
        <ChoiceField
          label="Severity"
          description="Of the alert that opens when it is down."
          value={draft.severity}
          options={choices(SEVERITIES)}
          onChange={(severity) => onChange({ ...draft, severity })}
        />
      </div>
      {draft.check.type !== 'heartbeat' && (
        <div className="form-grid">
          <ChoiceField
            label="Checked"
            value={String(draft.intervalMinutes)}
            options={INTERVALS}
            onChange={(minutes) => onChange({ ...draft, intervalMinutes: Number(minutes) as Draft['intervalMinutes'] })}
          />
          <NumberField
            label="Down after"
            description="Failed checks in a row."
            pointer="/failAfter"
            value={draft.failAfter}
            onChange={(failAfter) => onChange({ ...draft, failAfter: failAfter ?? 1 })}
          />
          <NumberField
            label="Up again after"
            description="Good checks in a row."
            pointer="/recoverAfter"
            value={draft.recoverAfter}
            onChange={(recoverAfter) => onChange({ ...draft, recoverAfter: recoverAfter ?? 1 })}
          />
        </div>
      )}
      <ExpandableSection headerText="Time-out, runbook and labels">
        <SpaceBetween size="l">
          <div className="form-grid">
            {draft.check.type !== 'heartbeat' && (
              <NumberField
                label="Time-out"
                description="Milliseconds, 100 to 30,000."
                pointer="/timeoutMs"
                value={draft.timeoutMs}
                onChange={(timeoutMs) => onChange({ ...draft, timeoutMs: timeoutMs ?? 10_000 })}
              />
            )}
            <TextField
              label="Runbook"
              description="A link in the alert: what to do at three in the morning."
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
              placeholder="payments"
              onChange={(team) => onChange({ ...draft, team: team === '' ? null : team })}
            />
          </div>
          <PairsField
            label="Labels"
            description="Routing rules and silences match them."
            pointer="/labels"
            value={draft.labels ?? {}}
            names="environment"
            values="production"
            add="Add a label"
            onChange={(labels) => onChange({ ...draft, labels })}
          />
        </SpaceBetween>
      </ExpandableSection>
    </SpaceBetween>
  </Container>
);

const MonitorForm = ({ monitor: present }: { readonly monitor?: Monitor }) => {
  const monitor = useOpened(present);
  const go = useGo();
  const navigate = useNavigate();
  const [type, setType] = useParam('type', 'http');
  const first = TYPE_NAMES.find((each) => each === type) ?? 'http';
  const [draft, setDraft] = useState<Draft>(() => (monitor ? draftOf(monitor) : aDraft(first)));
  const [made, setMade] = useState<{ readonly id: string; readonly name: string; readonly pingKey: string }>();
  useTitle(monitor ? `Edit ${monitor.name}` : 'Add a monitor');
  const isHeartbeat = draft.check.type === 'heartbeat';
  const sent = (): Draft => ({ ...draft, name: draft.name.trim(), check: cleaned(draft.check) });
  const save = useAction({
    act: async (version: number | undefined) => {
      if (monitor) {
        await replaceMonitor(monitor.id, version ?? monitor.version, sent());
        return { id: monitor.id };
      }
      return bodyOf(api.POST('/api/monitoring/monitors', { body: sent() }));
    },
    changes: [MONITORS],
    done: () =>
      monitor || isHeartbeat
        ? 'The monitor is saved.'
        : 'The monitor is saved. Its first result comes within a minute.',
    then: (answer) => {
      if ('pingKey' in answer && answer.pingKey !== undefined) {
        setMade({ id: answer.id, name: draft.name, pingKey: answer.pingKey });
      } else void navigate(`/monitors/${answer.id}`);
    },
    showsErrors: true,
  });
  const attempt = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/monitoring/monitors/try', {
          body: {
            check: cleaned(draft.check),
            timeoutMs: draft.timeoutMs,
            ...(monitor && { id: monitor.id }),
          },
        }),
      ),
    changes: [],
    showsErrors: true,
  });
  const choose = (next: CheckType): void => {
    if (next === draft.check.type) return;
    setType(next);
    attempt.reset();
    setDraft({ ...draft, check: aCheck(next) });
  };
  const isOvertaken = save.error instanceof Refusal && save.error.code === 'monitor.changed';
  const back = monitor ? `/monitors/${monitor.id}` : '/monitors';
  return (
    <SubmitForm {...(made && { isChanged: false })} isBusy={save.isPending} onSubmit={() => save.mutate(undefined)}>
      <FieldErrors error={save.error ?? attempt.error}>
        <Form
          header={
            <SpaceBetween size="m">
              <BreadcrumbGroup
                items={[
                  { text: 'Monitors', href: '/monitors' },
                  ...(monitor ? [{ text: monitor.name, href: back }] : []),
                  { text: monitor ? 'Edit' : 'Add a monitor', href: '#' },
                ]}
                ariaLabel="Where this page is"
                onFollow={go}
              />
              <Header variant="h1">{monitor ? 'Edit the monitor' : 'Add a monitor'}</Header>
            </SpaceBetween>
          }
          errorText={save.error && sentenceOf(save.error)}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" href={back} onFollow={go}>
                Cancel
              </Button>
              {isOvertaken && present && (
                <Button formAction="none" onClick={() => save.mutate(present.version)}>
                  Save mine on top
                </Button>
              )}
              <Submit loading={save.isPending}>Save</Submit>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            {!monitor && (
              <Container header={<Header variant="h2">What to watch</Header>}>
                <Tiles
                  value={draft.check.type}
                  items={TILES}
                  columns={4}
                  ariaLabel="Type"
                  onChange={({ detail }) => choose(detail.value as CheckType)}
                />
              </Container>
            )}
            <div className="columns">
              <div>
                <Container
                  header={
                    <Header variant="h2" description={TYPES[draft.check.type][1]}>
                      {TYPES[draft.check.type][0]}
                    </Header>
                  }
                >
                  <CheckFields
                    key={draft.check.type}
                    check={draft.check}
                    onChange={(check) => setDraft({ ...draft, check })}
                  />
                </Container>
                <Basics draft={draft} onChange={setDraft} />
              </div>
              <div>
                {isHeartbeat ? (
                  <Container header={<Header variant="h2">How it works</Header>}>
                    <SpaceBetween size="s">
                      <Box>
                        After you save it, the job gets an address of its own. It calls the address when it is done.
                      </Box>
                      <Box>
                        When no report comes by the schedule and its grace, an alert opens. The next report resolves it.
                      </Box>
                      <Box>A line of a crontab is ready to copy, with the exit code of the job in it.</Box>
                    </SpaceBetween>
                  </Container>
                ) : (
                  <TryCard
                    tried={attempt.data}
                    error={attempt.error}
                    isBusy={attempt.isPending}
                    isReady={isComplete(draft.check)}
                    onTry={() => attempt.mutate()}
                  />
                )}
              </div>
            </div>
          </SpaceBetween>
        </Form>
      </FieldErrors>
      {made && (
        <PingKey check={draft.check} pingKey={made.pingKey} onClose={() => void navigate(`/monitors/${made.id}`)} />
      )}
    </SubmitForm>
  );
};

/** Makes a monitor, or changes one. A check can be tried before it is saved. */
export const EditMonitor = () => {
  const { id } = useParams();
  return id === undefined ? <MonitorForm /> : <Change id={id} />;
};

const Change = ({ id }: { readonly id: string }) => {
  const { data, error, refetch } = useMonitor(id);
  if (data) return <MonitorForm key={id} monitor={data} />;
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  return <Loading text="Loading the monitor" />;
};
