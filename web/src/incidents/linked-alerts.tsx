import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import AlertLink from '@cloudscape-design/components/link';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { SeverityBadge } from '../alerts/severity.tsx';
import { api, bodyOf } from '../api/client.ts';
import { Refusal } from '../api/refusal.ts';
import { useOpenAlerts } from '../alerts/use-open-alerts.ts';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import { titled, type Link, type Severity, type WholeIncident } from './incident.ts';
import { SEVERITY_OPTIONS } from './declare.tsx';

const LinkAlert = ({ incident, onClose }: { readonly incident: WholeIncident; readonly onClose: () => void }) => {
  const { id } = incident;
  const { data } = useOpenAlerts();
  const [alertId, setAlertId] = useState('');
  const linked = new Set(incident.alerts.map((each) => each.alertId));
  const options = (data?.alerts ?? [])
    .filter((alert) => !linked.has(alert.id))
    .map(({ id: value, title, service, severity }) => ({
      value,
      label: title,
      description: [severity, service].filter(Boolean).join(' · '),
    }));
  const link = useAction({
    act: (move: boolean) =>
      bodyOf(
        api.POST('/api/monitoring/incidents/{id}/alerts', {
          params: { path: { id } },
          body: { alertId, ...(move && { move }) },
        }),
      ),
    changes: [['incidents', id]],
    then: onClose,
    showsErrors: true,
  });
  const isElsewhere = link.error instanceof Refusal && link.error.code === 'alert.linked';
  return (
    <FormModal
      title="Link an alert"
      submit="Link"
      isBusy={link.isPending}
      error={isElsewhere ? undefined : link.error}
      onSubmit={() => link.mutate(false)}
      onCancel={onClose}
    >
      {isElsewhere && (
        <Alert
          type="warning"
          action={
            <Button formAction="none" onClick={() => link.mutate(true)}>
              Move it here
            </Button>
          }
        >
          The alert belongs to another incident. An alert belongs to one incident at a time.
        </Alert>
      )}
      <Field label="Open alert" missing={alertId === '' && 'Choose an alert.'}>
        <Select
          selectedOption={options.find(({ value }) => value === alertId) ?? null}
          options={options}
          filteringType="auto"
          placeholder="Choose an alert"
          empty="No other alert is open."
          onChange={({ detail }) => setAlertId(detail.selectedOption.value ?? '')}
        />
      </Field>
    </FormModal>
  );
};

interface SplitProps {
  readonly incident: WholeIncident;
  readonly alertIds: readonly string[];
  readonly onClose: () => void;
}

const Split = ({ incident, alertIds, onClose }: SplitProps) => {
  const navigate = useNavigate();
  const [title, setTitle] = useState(incident.alerts.find((each) => each.alertId === alertIds[0])?.title ?? '');
  const [severity, setSeverity] = useState<Severity>(incident.severity);
  const split = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/monitoring/incidents/{id}/split', {
          params: { path: { id: incident.id } },
          body: { title, severity, alertIds: [...alertIds] },
        }),
      ),
    changes: [['incidents']],
    done: () => 'The alerts are in an incident of their own now.',
    then: ({ id }) => {
      onClose();
      void navigate(`/incidents/${id}`);
    },
    showsErrors: true,
  });
  return (
    <FormModal
      title="Split the incident"
      submit="Split off"
      isBusy={split.isPending}
      error={split.error}
      onSubmit={() => split.mutate()}
      onCancel={onClose}
    >
      <Box>
        {alertIds.length === 1 ? 'One alert moves' : `${alertIds.length} alerts move`} to a new incident, which names
        this one.
      </Box>
      <Field label="What is wrong there" missing={title.trim() === '' && 'Say what is wrong there.'}>
        <Input value={title} autoFocus onChange={({ detail }) => setTitle(detail.value)} />
      </Field>
      <Field label="Severity">
        <Select
          selectedOption={SEVERITY_OPTIONS.find(({ value }) => value === severity) ?? null}
          options={SEVERITY_OPTIONS}
          onChange={({ detail }) => setSeverity(detail.selectedOption.value as Severity)}
        />
      </Field>
    </FormModal>
  );
};

const AlertLine = ({ alert }: { readonly alert: Link }) => {
  const go = useGo();
  return (
    <div>
      <AlertLink href={`/alerts?alert=${alert.alertId}`} onFollow={go}>
        <span className="wrap">{alert.title}</span>
      </AlertLink>
      <Box variant="small" display="block">
        {alert.service !== null && `${alert.service} · `}
        {titled(alert.status)} · opened <Instant at={alert.openedAt} ago />
      </Box>
    </div>
  );
};

interface LinkedAlertsProps {
  readonly incident: WholeIncident;
  readonly mayChange: boolean;
  readonly maySplit: boolean;
}

/** The alerts of the incident. Some of them can be chosen, and leave it or form an incident of their own. */
export const LinkedAlerts = ({ incident, mayChange, maySplit }: LinkedAlertsProps) => {
  const { id, alerts, hasMoreAlerts } = incident;
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [form, setForm] = useState<'link' | 'split' | undefined>();
  const unlink = useAction({
    act: async (alertIds: readonly string[]) => {
      for (const alertId of alertIds) {
        try {
          await bodyOf(
            api.DELETE('/api/monitoring/incidents/{id}/alerts/{alertId}', { params: { path: { id, alertId } } }),
          );
        } catch (error) {
          if (!(error instanceof Refusal && error.code === 'alert.not_linked')) throw error;
        }
        setChosen((before) => before.filter((each) => each !== alertId));
      }
    },
    changes: [['incidents', id]],
    done: () => 'Unlinked. Rules do not link it again.',
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          {...(alerts.length > 0 && { counter: `(${alerts.length}${hasMoreAlerts ? '+' : ''})` })}
          actions={mayChange && <Button onClick={() => setForm('link')}>Link an alert</Button>}
        >
          Alerts
        </Header>
      }
    >
      <SpaceBetween size="s">
        {alerts.length === 0 ? (
          <Box color="text-body-secondary">No alert belongs to this incident.</Box>
        ) : (
          <ul className="lines">
            {alerts.map((alert) => (
              <li key={alert.alertId} className="line">
                <div className="linked-alert">
                  {mayChange && (
                    <Checkbox
                      checked={chosen.includes(alert.alertId)}
                      ariaLabel={`Choose ${alert.title}`}
                      onChange={({ detail }) =>
                        setChosen((before) =>
                          detail.checked ? [...before, alert.alertId] : before.filter((each) => each !== alert.alertId),
                        )
                      }
                    />
                  )}
                  <AlertLine alert={alert} />
                </div>
                <SeverityBadge severity={alert.severity as Parameters<typeof SeverityBadge>[0]['severity']} />
              </li>
            ))}
          </ul>
        )}
        {chosen.length > 0 && (
          <SpaceBetween direction="horizontal" size="xs">
            {maySplit && <Button onClick={() => setForm('split')}>Split off</Button>}
            <Button loading={unlink.isPending} onClick={() => unlink.mutate(chosen)}>
              Unlink
            </Button>
          </SpaceBetween>
        )}
      </SpaceBetween>
      {form === 'link' && <LinkAlert incident={incident} onClose={() => setForm(undefined)} />}
      {form === 'split' && <Split incident={incident} alertIds={chosen} onClose={() => setForm(undefined)} />}
    </Container>
  );
};
