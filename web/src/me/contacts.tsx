import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { Refusal } from '../api/refusal.ts';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';

export type Contact = Schemas['Contact'];
type Channel = Schemas['AddContact']['channel'];

interface ChannelWords {
  readonly label: string;
  readonly address: string;
  readonly example: string;
}

/** The channels of a person. */
const CHANNELS: Readonly<Record<Channel, ChannelWords>> = {
  sms: { label: 'Text message', address: 'Phone number with country code', example: '+4915112345678' },
  email: { label: 'E-mail', address: 'E-mail address', example: 'ana@example.com' },
  slack: { label: 'Slack', address: 'Member id: in Slack, your profile, Copy member ID', example: 'U012AB3CD' },
  teams: { label: 'Teams', address: 'URL of a workflow that posts to you', example: 'https://example.com/workflows/…' },
  webhook: { label: 'Webhook', address: 'URL that receives pages, signed', example: 'https://example.com/pages' },
};
const OPTIONS = Object.entries(CHANNELS).map(([value, { label }]) => ({ value, label }));

/** A phone number is typed with spaces and hyphens, and stored without. */
const addressOf = (channel: Channel, typed: string): string =>
  channel === 'sms' ? typed.replace(/[\s()/-]/g, '') : typed.trim();

export const channelText = (channel: Contact['channel']): string =>
  channel === 'topic' ? 'Topic' : CHANNELS[channel].label;

export const contactsKey = (userId: string) => ['contacts', userId];

export const useContacts = (userId: string) =>
  useQuery({
    queryKey: contactsKey(userId),
    queryFn: ({ signal }) => bodyOf(api.GET('/api/users/{id}/contacts', { params: { path: { id: userId } }, signal })),
  });

interface FormProps {
  readonly userId: string;
  readonly onClose: () => void;
}

const AddContact = ({ userId, onClose, onAdded }: FormProps & { readonly onAdded: (contact: Contact) => void }) => {
  const [channel, setChannel] = useState<Channel>('sms');
  const [to, setTo] = useState('');
  const [secret, setSecret] = useState<{ readonly contact: Contact; readonly text: string }>();
  const { label, address, example } = CHANNELS[channel];
  const add = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/users/{id}/contacts', {
          params: { path: { id: userId } },
          body: { channel, to: addressOf(channel, to) },
        }),
      ),
    changes: [contactsKey(userId)],
    then: (contact) => (contact.secret === undefined ? onAdded(contact) : setSecret({ contact, text: contact.secret })),
    showsErrors: true,
  });
  const field = add.error instanceof Refusal ? add.error.fields.get('/to') : undefined;
  if (secret) {
    return (
      <FormModal
        key="secret"
        title="Secret of the webhook"
        shownOnce="The secret is not shown again."
        submit="I have stored it"
        isBusy={false}
        onSubmit={() => onAdded(secret.contact)}
        onCancel={() => onAdded(secret.contact)}
      >
        <Box>Each page is signed with this secret. It is shown once.</Box>
        <CopyToClipboard
          variant="inline"
          textToCopy={secret.text}
          copyButtonAriaLabel="Copy the secret"
          copySuccessText="Copied"
          copyErrorText="The browser did not copy it. Mark it and copy it by hand."
        />
      </FormModal>
    );
  }
  return (
    <FormModal
      title="Add a contact"
      submit="Send a code"
      isBusy={add.isPending}
      error={field === undefined ? add.error : undefined}
      onSubmit={() => add.mutate()}
      onCancel={onClose}
    >
      <Field label="Channel">
        <Select
          selectedOption={OPTIONS.find(({ value }) => value === channel) ?? null}
          options={OPTIONS}
          onChange={({ detail }) => setChannel(detail.selectedOption.value as Channel)}
        />
      </Field>
      <Field
        label={address}
        description={`A code goes there by ${label.toLowerCase()}.`}
        missing={to.trim() === '' && `Enter an address, such as ${example}.`}
        error={field}
      >
        <Input
          value={to}
          autoFocus
          placeholder={example}
          type={channel === 'email' ? 'email' : 'text'}
          inputMode={channel === 'sms' ? 'tel' : 'text'}
          onChange={({ detail }) => setTo(detail.value)}
        />
      </Field>
    </FormModal>
  );
};

const Verify = ({ userId, contact, onClose }: FormProps & { readonly contact: Contact }) => {
  const [code, setCode] = useState('');
  const verify = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/users/{id}/contacts/{contactId}/verify', {
          params: { path: { id: userId, contactId: contact.id } },
          body: { code },
        }),
      ),
    changes: [contactsKey(userId)],
    done: () => `Pages reach you at ${contact.to} now.`,
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Enter the code"
      submit="Verify"
      isBusy={verify.isPending}
      error={verify.error}
      onSubmit={() => verify.mutate()}
      onCancel={onClose}
    >
      <Field
        label="Six digits"
        missing={!/^\d{6}$/.test(code) && 'Enter the six digits.'}
        description={`They were sent to ${contact.to}. Without a code after a minute, remove the contact and add it again.`}
      >
        <Input
          value={code}
          autoFocus
          inputMode="numeric"
          autoComplete="one-time-code"
          placeholder="123456"
          onChange={({ detail }) => setCode(detail.value.replace(/\D/g, '').slice(0, 6))}
        />
      </Field>
    </FormModal>
  );
};

type Form = { readonly verify: Contact } | { readonly remove: Contact } | 'add' | undefined;

const Remove = ({ userId, contact, onClose }: FormProps & { readonly contact: Contact }) => {
  const remove = useAction({
    act: () =>
      bodyOf(
        api.DELETE('/api/users/{id}/contacts/{contactId}', {
          params: { path: { id: userId, contactId: contact.id } },
        }),
      ),
    changes: [contactsKey(userId), ['notification-rules', userId]],
    done: () => `${contact.to} receives no more pages.`,
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Remove the contact"
      submit="Remove"
      isBusy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate()}
      onCancel={onClose}
    >
      <Box>
        No page is sent to <b className="wrap">{contact.to}</b> any more.
      </Box>
    </FormModal>
  );
};

/** The ways to reach a person. Each receives pages once its code was entered. */
export const Contacts = ({ userId }: { readonly userId: string }) => {
  const { data } = useContacts(userId);
  const [form, setForm] = useState<Form>();
  const contacts = data?.items ?? [];
  const close = (): void => setForm(undefined);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Where pages reach you. Two of different kinds are better than one."
          actions={<Button onClick={() => setForm('add')}>Add a contact</Button>}
        >
          Contacts
        </Header>
      }
    >
      <SpaceBetween size="m">
        {data && !contacts.some(({ verified }) => verified) && (
          <Alert type="warning">No page reaches you yet. Add a phone number, and enter the code that arrives.</Alert>
        )}
        <ul className="lines">
          {contacts.map((contact) => (
            <li key={contact.id} className="line">
              <div className="wrap">
                <b>{contact.to}</b>
                <Box variant="small" display="block">
                  {channelText(contact.channel)}
                  {' · '}
                  {contact.verified ? (
                    <StatusIndicator type="success">Verified</StatusIndicator>
                  ) : (
                    <StatusIndicator type="pending">Waits for its code</StatusIndicator>
                  )}
                </Box>
              </div>
              <SpaceBetween direction="horizontal" size="xs">
                {!contact.verified && (
                  <Button ariaLabel={`Enter the code for ${contact.to}`} onClick={() => setForm({ verify: contact })}>
                    Enter the code
                  </Button>
                )}
                <Button ariaLabel={`Remove ${contact.to}`} onClick={() => setForm({ remove: contact })}>
                  Remove
                </Button>
              </SpaceBetween>
            </li>
          ))}
        </ul>
      </SpaceBetween>
      {form === 'add' && (
        <AddContact userId={userId} onClose={close} onAdded={(contact) => setForm({ verify: contact })} />
      )}
      {typeof form === 'object' && 'verify' in form && <Verify userId={userId} contact={form.verify} onClose={close} />}
      {typeof form === 'object' && 'remove' in form && <Remove userId={userId} contact={form.remove} onClose={close} />}
    </Container>
  );
};
