import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { SecretOnce } from '../security/secret-once.tsx';
import { Failed } from '../shell/failed.tsx';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { Loading } from '../shell/loading.tsx';
import { useAction } from '../shell/use-action.ts';
import { STATUS_PAGES } from './status-page.ts';

type Subscriber = Schemas['StatusSubscriber'];

const keyOf = (page: string) => [...STATUS_PAGES, page, 'subscribers'];

const STATE_WORDS: Readonly<
  Record<Subscriber['state'], { readonly type: StatusIndicatorProps.Type; readonly text: string }>
> = {
  pending: { type: 'pending', text: 'Asked to confirm' },
  confirmed: { type: 'success', text: 'Gets the updates' },
  suspended: { type: 'stopped', text: 'Suspended' },
};

interface OnPage {
  readonly page: string;
  readonly onClose: () => void;
}

const AddWebhook = ({ page, onClose, onAdded }: OnPage & { readonly onAdded: (secret: string) => void }) => {
  const [url, setUrl] = useState('');
  const add = useAction({
    act: () => bodyOf(api.POST('/api/status/pages/{id}/webhooks', { params: { path: { id: page } }, body: { url } })),
    changes: [keyOf(page)],
    then: ({ secret }) => onAdded(secret),
    showsErrors: true,
  });
  return (
    <FormModal
      title="Add a webhook"
      submit="Add"
      isBusy={add.isPending}
      error={add.error}
      onSubmit={() => add.mutate()}
      onCancel={onClose}
    >
      <Field
        label="URL"
        description="Each public update is posted there, signed. The same URL again starts a suspended one."
        missing={!url.startsWith('https://') && 'Enter a URL that begins with https://.'}
      >
        <Input
          value={url}
          autoFocus
          type="url"
          placeholder="https://hooks.example.com/status"
          onChange={({ detail }) => setUrl(detail.value.trim())}
        />
      </Field>
    </FormModal>
  );
};

const Remove = ({ page, subscriber, onClose }: OnPage & { readonly subscriber: Subscriber }) => {
  const remove = useAction({
    act: () =>
      bodyOf(
        api.DELETE('/api/status/subscribers/{id}/{subscriber}', {
          params: { path: { id: page, subscriber: subscriber.id } },
        }),
      ),
    changes: [keyOf(page)],
    done: () => `${subscriber.to} gets no more updates.`,
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="End the subscription"
      submit="End it"
      isBusy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate()}
      onCancel={onClose}
    >
      <Box>
        No update is sent to <b className="wrap">{subscriber.to}</b> any more.
      </Box>
    </FormModal>
  );
};

type Form = 'add' | { readonly remove: Subscriber } | { readonly secret: string };

/** Readers who get each public update. */
export const Subscribers = ({ page, isPublic }: { readonly page: string; readonly isPublic: boolean }) => {
  const [form, setForm] = useState<Form>();
  const { data, error, refetch } = useQuery({
    queryKey: keyOf(page),
    queryFn: ({ signal }) =>
      allOf<Subscriber>((cursor) =>
        bodyOf(
          api.GET('/api/status/subscribers/{id}', {
            params: { path: { id: page }, query: { limit: 100, ...cursor } },
            signal,
          }),
        ),
      ),
  });
  const close = (): void => setForm(undefined);
  return (
    <Container
      header={
        <Header
          variant="h2"
          {...(data && { counter: `(${data.items.length}${data.isAll ? '' : '+'})` })}
          actions={<Button onClick={() => setForm('add')}>Add a webhook</Button>}
        >
          Subscribers
        </Header>
      }
    >
      {error && !data ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading text="Loading subscribers" />
      ) : data.items.length === 0 ? (
        <Box color="text-body-secondary">
          {isPublic
            ? 'Nobody yet. Readers subscribe on the page, by mail or with its Atom feed.'
            : 'Nobody yet. A private page sends its updates to webhooks only.'}
        </Box>
      ) : (
        <ul className="lines">
          {data.items.map((subscriber) => {
            const { type, text } = STATE_WORDS[subscriber.state];
            return (
              <li key={subscriber.id} className="line">
                <div className="wrap">
                  {subscriber.to}
                  <Box variant="small" display="block">
                    <StatusIndicator type={type}>{text}</StatusIndicator>
                    {subscriber.reason !== null && ` · ${subscriber.reason}`}
                  </Box>
                </div>
                <Button
                  iconName="remove"
                  variant="icon"
                  ariaLabel={`End the subscription of ${subscriber.to}`}
                  onClick={() => setForm({ remove: subscriber })}
                />
              </li>
            );
          })}
        </ul>
      )}
      {form === 'add' && <AddWebhook page={page} onClose={close} onAdded={(secret) => setForm({ secret })} />}
      {typeof form === 'object' && 'remove' in form && <Remove page={page} subscriber={form.remove} onClose={close} />}
      {typeof form === 'object' && 'secret' in form && (
        <SecretOnce title="The secret of the webhook" secret={form.secret} onClose={close}>
          Each update is signed with it, as Standard Webhooks describes.
        </SecretOnce>
      )}
    </Container>
  );
};
