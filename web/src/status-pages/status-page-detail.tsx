import './status-pages.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api, bodyOf } from '../api/client.ts';
import { SecretOnce } from '../security/secret-once.tsx';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useGo } from '../shell/go.ts';
import { Loading } from '../shell/loading.tsx';
import { useAction } from '../shell/use-action.ts';
import { useTitle } from '../shell/use-title.ts';
import { Components } from './components.tsx';
import { Notices } from './notices.tsx';
import { STATUS_PAGES, useStatusPages, type StatusPage } from './status-page.ts';
import { Subscribers } from './subscribers.tsx';

interface OfPage {
  readonly page: StatusPage;
  readonly onClose: () => void;
}

const Delete = ({ page: { id, name }, onClose }: OfPage) => {
  const navigate = useNavigate();
  const remove = useAction({
    act: () => bodyOf(api.DELETE('/api/status/pages/{id}', { params: { path: { id } } })),
    changes: [STATUS_PAGES],
    done: () => `The status page ${name} is deleted.`,
    then: () => void navigate('/status-pages'),
    showsErrors: true,
  });
  return (
    <FormModal
      title="Delete the status page"
      submit="Delete"
      isBusy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate()}
      onCancel={onClose}
    >
      <Box>
        Readers at <b>/status/{id}</b> learn that there is no page. Its incidents and subscribers go with it.
      </Box>
    </FormModal>
  );
};

const RenewToken = ({ page: { id, hasToken }, onClose }: OfPage) => {
  const [made, setMade] = useState<{ readonly token: string; readonly path: string }>();
  const renew = useAction({
    act: () => bodyOf(api.POST('/api/status/pages/{id}/token', { params: { path: { id } } })),
    changes: [STATUS_PAGES],
    then: setMade,
    showsErrors: true,
  });
  if (made) {
    return (
      <SecretOnce title="The token of the page" secret={made.token} onClose={onClose}>
        Readers enter it at <b>/status/{id}</b>. It leads to an address that nobody can guess.
      </SecretOnce>
    );
  }
  return (
    <FormModal
      title="Make a token"
      submit="Make"
      isBusy={renew.isPending}
      error={renew.error}
      onSubmit={() => renew.mutate()}
      onCancel={onClose}
    >
      <Box>
        {hasToken
          ? 'The address of the former token stops to work within seconds. Hand the new one to all readers.'
          : 'Without a token nobody can read the page.'}
      </Box>
    </FormModal>
  );
};

/** What other sites and programs take from a page. */
const ForOthers = ({ page: { path, name } }: { readonly page: StatusPage }) => {
  const at = window.location.origin + path;
  const lines = [
    {
      label: 'Badge',
      text: `<a href="${at}"><img src="${at}.svg" alt="Status of ${name.replaceAll('"', '&quot;')}"></a>`,
    },
    { label: 'Feed', text: `${at}.atom` },
    { label: 'JSON', text: `${at}.json` },
  ];
  return (
    <Container header={<Header variant="h2">For other sites and programs</Header>}>
      <ul className="lines">
        {lines.map(({ label, text }) => (
          <li key={label}>
            <Box variant="awsui-key-label">{label}</Box>
            <div className="wrap code">
              <CopyToClipboard
                variant="inline"
                textToCopy={text}
                copyButtonAriaLabel={`Copy: ${label}`}
                copySuccessText="Copied"
                copyErrorText="The browser did not copy it. Mark it and copy it by hand."
              />
            </div>
          </li>
        ))}
      </ul>
    </Container>
  );
};

const Shown = ({ page }: { readonly page: StatusPage }) => {
  const { id, name, path, access, hasToken } = page;
  useTitle(name);
  const go = useGo();
  const can = useCan();
  const [form, setForm] = useState<'delete' | 'token'>();
  const mayWrite = can('status.write');
  const close = (): void => setForm(undefined);
  const isPrivate = access === 'private';
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        items={[
          { text: 'Status pages', href: '/status-pages' },
          { text: name, href: `/status-pages/${id}` },
        ]}
        ariaLabel="Where this page is"
        onFollow={go}
      />
      <Header
        variant="h1"
        description={isPrivate ? `${path} asks for a token.` : `Everybody can read ${path}.`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button href={path} target="_blank" iconName="external" iconAlign="right">
              Open the page
            </Button>
            {mayWrite && (
              <Button href={`/status-pages/${id}/edit`} onFollow={go}>
                Edit
              </Button>
            )}
            {mayWrite && (
              <ButtonDropdown
                items={[
                  ...(isPrivate ? [{ id: 'token', text: hasToken ? 'Make a new token' : 'Make a token' }] : []),
                  { id: 'delete', text: 'Delete the page' },
                ]}
                onItemClick={({ detail }) => setForm(detail.id === 'token' ? 'token' : 'delete')}
              >
                More
              </ButtonDropdown>
            )}
          </SpaceBetween>
        }
      >
        <span className="wrap">{name}</span>
      </Header>
      {isPrivate && !hasToken && (
        <Alert type="warning" action={mayWrite && <Button onClick={() => setForm('token')}>Make a token</Button>}>
          Nobody can read the page: it is private and has no token.
        </Alert>
      )}
      <div className="columns">
        <div>
          <Notices page={page} />
        </div>
        <div>
          <Components page={page} />
          {mayWrite && <Subscribers page={id} isPublic={!isPrivate} />}
          {!isPrivate && <ForOthers page={page} />}
        </div>
      </div>
      {form === 'delete' && <Delete page={page} onClose={close} />}
      {form === 'token' && <RenewToken page={page} onClose={close} />}
    </SpaceBetween>
  );
};

/** One status page: what it tells its readers, its components and its subscribers. */
export const StatusPageDetail = () => {
  const { id = '' } = useParams();
  const { data, error, refetch } = useStatusPages();
  const page = data?.items.find((each) => each.id === id);
  if (page) return <Shown key={id} page={page} />;
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  return data ? <Box padding="xl">There is no such status page.</Box> : <Loading text="Loading the status page" />;
};
