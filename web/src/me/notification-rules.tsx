import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TimeInput from '@cloudscape-design/components/time-input';
import Toggle from '@cloudscape-design/components/toggle';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { sentenceOf } from '../api/refusal.ts';
import { Loading } from '../shell/loading.tsx';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';
import { Field } from '../shell/fields.tsx';
import { useAction } from '../shell/use-action.ts';
import { channelText, useContacts, type Contact } from './contacts.tsx';
import { OWN_ZONE } from '../shell/locale.ts';

type Rules = Schemas['NotificationRules'];
type Urgency = 'high' | 'low';

const DELAYS = [0, 1, 2, 3, 5, 10, 15, 30, 60, 120].map((minutes) => ({
  value: String(minutes),
  label: minutes === 0 ? 'at once' : minutes === 1 ? 'after 1 minute' : `after ${minutes} minutes`,
}));

const WORDS: Readonly<Record<Urgency, { readonly label: string; readonly description: string }>> = {
  high: { label: 'Urgent', description: 'Alerts of the severities critical and error. At least one contact.' },
  low: { label: 'Not urgent', description: 'Alerts of the severities warning and info. Without a contact, no page.' },
};

interface RowsProps {
  readonly urgency: Urgency;
  readonly contacts: readonly Contact[];
  readonly rules: Rules['high'];
  readonly onChange: (rules: Rules['high']) => void;
}

/** Which contacts, and how long after a step is reached. */
const Rows = ({ urgency, contacts, rules, onChange }: RowsProps) => (
  <Field
    label={WORDS[urgency].label}
    description={WORDS[urgency].description}
    missing={urgency === 'high' && rules.length === 0 && 'Choose at least one contact.'}
    stretch
  >
    <ul className="lines">
      {contacts.map(({ id, to, channel }) => {
        const rule = rules.find(({ contactId }) => contactId === id);
        const delay = String(rule?.delayMinutes ?? 0);
        return (
          <li key={id} className="line">
            <Checkbox
              checked={rule !== undefined}
              onChange={({ detail }) =>
                onChange(
                  detail.checked
                    ? [...rules, { contactId: id, delayMinutes: 0 }]
                    : rules.filter(({ contactId }) => contactId !== id),
                )
              }
            >
              <span className="wrap">{to}</span>
              <Box variant="small" display="block">
                {channelText(channel)}
              </Box>
            </Checkbox>
            {rule && (
              <Select
                selectedOption={
                  DELAYS.find(({ value }) => value === delay) ?? { value: delay, label: `after ${delay} minutes` }
                }
                options={DELAYS}
                ariaLabel={`When ${to} is paged`}
                onChange={({ detail }) =>
                  onChange(
                    rules.map((each) =>
                      each.contactId === id ? { ...each, delayMinutes: Number(detail.selectedOption.value) } : each,
                    ),
                  )
                }
              />
            )}
          </li>
        );
      })}
    </ul>
  </Field>
);

interface RulesFormProps {
  readonly userId: string;
  readonly stored: Rules;
  readonly contacts: readonly Contact[];
}

const RulesForm = ({ userId, stored: read, contacts }: RulesFormProps) => {
  // As they were when the form opened, or as it has saved them.
  const [stored, setStored] = useState(read);
  const everywhere = contacts.map(({ id }) => ({ contactId: id, delayMinutes: 0 }));
  const known = (rules: Rules['high']) => rules.filter(({ contactId }) => contacts.some(({ id }) => id === contactId));
  const isNew = stored.version === 0;
  const [high, setHigh] = useState(isNew ? everywhere : known(stored.high));
  const [low, setLow] = useState(isNew ? everywhere : known(stored.low));
  const [quietHours, setQuietHours] = useState(stored.quietHours);
  const [begun, setBegun] = useState<unknown>([high, low, quietHours]);
  const save = useAction({
    act: () =>
      bodyOf(
        api.PUT('/api/users/{id}/notification-rules', {
          params: { path: { id: userId } },
          body: { high, low, quietHours, version: stored.version },
        }),
      ),
    changes: [['notification-rules', userId]],
    done: () => 'The notification rules are saved.',
    then: (saved) => {
      setStored(saved);
      setBegun([high, low, quietHours]);
    },
    showsErrors: true,
  });
  const isWhole = quietHours === null || (quietHours.from.length === 5 && quietHours.to.length === 5);
  const isChanged = JSON.stringify([high, low, quietHours]) !== JSON.stringify(begun);
  return (
    <SubmitForm isChanged={isChanged} isBusy={save.isPending} onSubmit={() => save.mutate()}>
      <SpaceBetween size="l">
        {save.error && <Alert type="error">{sentenceOf(save.error)}</Alert>}
        <Rows urgency="high" contacts={contacts} rules={high} onChange={setHigh} />
        <Rows urgency="low" contacts={contacts} rules={low} onChange={setLow} />
        <Field
          label="Quiet hours"
          description="What is not urgent waits until they end. What is urgent does not wait."
          missing={!isWhole && 'Enter both times.'}
        >
          <SpaceBetween size="s">
            <Toggle
              checked={quietHours !== null}
              onChange={({ detail }) =>
                setQuietHours(detail.checked ? { from: '22:00', to: '07:00', timeZone: OWN_ZONE } : null)
              }
            >
              Keep quiet hours
            </Toggle>
            {quietHours && (
              <div className="quiet">
                <TimeInput
                  value={quietHours.from}
                  format="hh:mm"
                  ariaLabel="Quiet from"
                  onChange={({ detail }) => setQuietHours({ ...quietHours, from: detail.value })}
                />
                <span>to</span>
                <TimeInput
                  value={quietHours.to}
                  format="hh:mm"
                  ariaLabel="Quiet to"
                  onChange={({ detail }) => setQuietHours({ ...quietHours, to: detail.value })}
                />
                <span className="soft">{quietHours.timeZone.replaceAll('_', ' ')}</span>
              </div>
            )}
          </SpaceBetween>
        </Field>
        <Submit variant="normal" loading={save.isPending}>
          Save rules
        </Submit>
      </SpaceBetween>
    </SubmitForm>
  );
};

/** When and where a person is paged. */
export const NotificationRules = ({ userId }: { readonly userId: string }) => {
  const contacts = useContacts(userId).data?.items.filter(({ verified }) => verified);
  const { data } = useQuery({
    queryKey: ['notification-rules', userId],
    queryFn: ({ signal }) =>
      bodyOf(api.GET('/api/users/{id}/notification-rules', { params: { path: { id: userId } }, signal })),
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          {...(data?.version === 0 && { description: 'You have none yet: each verified contact is paged at once.' })}
        >
          Notification rules
        </Header>
      }
    >
      {!data || !contacts ? (
        <Loading />
      ) : contacts.length === 0 ? (
        <Box color="text-body-secondary">Verify a contact first. Then say here when it is paged.</Box>
      ) : (
        <RulesForm key={contacts.map(({ id }) => id).join()} userId={userId} stored={data} contacts={contacts} />
      )}
    </Container>
  );
};
