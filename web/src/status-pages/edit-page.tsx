import './status-pages.css';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Loading } from '../shell/loading.tsx';
import { Field } from '../shell/fields.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { useTitle } from '../shell/use-title.ts';
import { SourceSelect } from './source-select.tsx';
import { slugOf, STATUS_PAGES, useStatusPages, type StatusPage } from './status-page.ts';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';

type Draft = NonNullable<Schemas['SaveStatusPage']['components']>[number];

const COLOUR = '#0b57d0';
const ACCESS = [
  { value: 'public', label: 'Everybody', description: 'The page is at its address.' },
  {
    value: 'private',
    label: 'Readers with a token',
    description: 'Its address asks for a token, which you make and hand out.',
  },
] as const;

interface ComponentFormProps {
  readonly component: Draft;
  readonly error?: string | undefined;
  readonly onChange: (component: Draft) => void;
  readonly onMove?: () => void;
  readonly onRemove: () => void;
}

const ComponentForm = ({ component, error, onChange, onMove, onRemove }: ComponentFormProps) => (
  <div className="component">
    <div className="fields">
      <Field label="Name" missing={component.name.trim() === '' && 'Name the component.'} error={error}>
        <Input
          value={component.name}
          placeholder="Checkout"
          onChange={({ detail }) => onChange({ ...component, name: detail.value })}
        />
      </Field>
      <Field label="Group">
        <Input
          value={component.group ?? ''}
          placeholder="None"
          onChange={({ detail }) => onChange({ ...component, group: detail.value === '' ? null : detail.value })}
        />
      </Field>
      <Field label="Follows">
        <SourceSelect
          value={{ service: component.service ?? null, monitor: component.monitor ?? null }}
          label={`What ${component.name || 'the component'} follows`}
          onChange={(source) => onChange({ ...component, ...source })}
        />
      </Field>
      <div className="fields-end">
        <SpaceBetween direction="horizontal" size="xxs">
          {onMove && (
            <Button
              formAction="none"
              iconName="arrow-up"
              variant="icon"
              ariaLabel={`Move ${component.name || 'the component'} up`}
              onClick={onMove}
            />
          )}
          <Button
            formAction="none"
            iconName="remove"
            variant="icon"
            ariaLabel={`Remove ${component.name || 'the component'}`}
            onClick={onRemove}
          />
        </SpaceBetween>
      </div>
    </div>
  </div>
);

/** The list with two neighbours exchanged. */
const exchanged = <T,>(list: readonly T[], at: number): readonly T[] =>
  list.map((each, i) => (i === at ? (list[at - 1] ?? each) : i === at - 1 ? (list[at] ?? each) : each));

/** Gives each new component an id of its own, which is a part of the address of its badge. An old one keeps its id. */
const withIds = (components: readonly Draft[]): Draft[] => {
  const taken = new Set(components.map(({ id }) => id).filter((id) => id !== ''));
  return components.map((component) => {
    if (component.id !== '') return component;
    const wanted = slugOf(component.name) || 'component';
    let id = wanted;
    for (let number = 2; taken.has(id); number++) id = `${wanted.slice(0, 36)}-${number}`;
    taken.add(id);
    return { ...component, id };
  });
};

interface Fields {
  readonly name: string;
  readonly id: string;
  readonly description: string;
  readonly homeUrl: string;
  readonly access: StatusPage['access'];
  readonly logo: string;
  readonly colour: string;
  readonly components: readonly Draft[];
}

const fieldsOf = (page: StatusPage | undefined): Fields => ({
  name: page?.name ?? '',
  id: page?.id ?? '',
  description: page?.description ?? '',
  homeUrl: page?.homeUrl ?? '',
  access: page?.access ?? 'public',
  logo: page?.logo ?? '',
  colour: page?.colour ?? COLOUR,
  components: (page?.components ?? []).map(({ stated: _, ...component }) => component),
});

const PageForm = ({ page: present }: { readonly page?: StatusPage }) => {
  const page = useOpened(present);
  const go = useGo();
  const navigate = useNavigate();
  useTitle(page ? `Edit ${page.name}` : 'Make a status page');
  const [fields, setFields] = useState(() => fieldsOf(page));
  const { name, description, homeUrl, access, logo, colour, components } = fields;
  const id = fields.id || slugOf(name);
  const set = (changed: Partial<Fields>): void => setFields((before) => ({ ...before, ...changed }));
  const setComponents = (next: readonly Draft[]): void => set({ components: next });
  const save = useAction({
    act: () =>
      bodyOf(
        api.PUT('/api/status/pages/{id}', {
          params: { path: { id } },
          body: {
            name,
            description,
            homeUrl: homeUrl === '' ? null : homeUrl,
            access,
            logo: logo === '' ? null : logo,
            colour,
            components: withIds(components),
            version: page?.version ?? 0,
          },
        }),
      ),
    changes: [STATUS_PAGES],
    done: () => 'The status page is saved. Readers see it within seconds.',
    then: (saved) => void navigate(`/status-pages/${saved.id}`),
    showsErrors: true,
  });
  const wrong = save.error instanceof Refusal ? save.error.fields : new Map<string, string>();
  const back = page ? `/status-pages/${page.id}` : '/status-pages';
  return (
    <SubmitForm isBusy={save.isPending} onSubmit={() => save.mutate()}>
      <Form
        header={
          <SpaceBetween size="l">
            <BreadcrumbGroup
              items={[
                { text: 'Status pages', href: '/status-pages' },
                ...(page ? [{ text: page.name, href: back }] : []),
                { text: page ? 'Edit' : 'Make a status page', href: '#' },
              ]}
              ariaLabel="Where this page is"
              onFollow={go}
            />
            <Header variant="h1">{page ? 'Edit the status page' : 'Make a status page'}</Header>
          </SpaceBetween>
        }
        errorText={save.error && sentenceOf(save.error)}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" href={back} onFollow={go}>
              Cancel
            </Button>
            <Submit loading={save.isPending}>Save</Submit>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">The page</Header>}>
            <SpaceBetween size="l">
              <div className="fields">
                <Field label="Name" missing={name.trim() === '' && 'Name the status page.'} error={wrong.get('/name')}>
                  <Input value={name} placeholder="Acme" onChange={({ detail }) => set({ name: detail.value })} />
                </Field>
                <Field
                  label="Address"
                  description={`The page is at /status/${id || '…'}`}
                  missing={name.trim() !== '' && id === '' && 'Enter an address of letters and digits.'}
                >
                  <Input
                    value={id}
                    disabled={page !== undefined}
                    placeholder="acme"
                    onChange={({ detail }) => set({ id: slugOf(detail.value) })}
                  />
                </Field>
                <Field label="Your site" error={wrong.get('/homeUrl')}>
                  <Input
                    value={homeUrl}
                    type="url"
                    placeholder="https://acme.example/"
                    onChange={({ detail }) => set({ homeUrl: detail.value.trim() })}
                  />
                </Field>
              </div>
              <Field label="One sentence about it" error={wrong.get('/description')} stretch>
                <Input
                  value={description}
                  placeholder="How the services of Acme are."
                  onChange={({ detail }) => set({ description: detail.value })}
                />
              </Field>
              <div className="fields">
                <Field label="Colour of your brand" description="Text in it stays readable, by day and by night.">
                  <input
                    type="color"
                    className="colour"
                    aria-label="Colour of your brand"
                    value={colour}
                    onChange={(event) => set({ colour: event.target.value })}
                  />
                </Field>
                <Field
                  label="Logo"
                  description="A URL with https, or a data: URL of at most 8 KB."
                  error={wrong.get('/logo')}
                >
                  <Input
                    value={logo}
                    placeholder="https://acme.example/logo.svg"
                    onChange={({ detail }) => set({ logo: detail.value.trim() })}
                  />
                </Field>
              </div>
              <Field label="Who may read it">
                <RadioGroup
                  value={access}
                  items={[...ACCESS]}
                  onChange={({ detail }) => set({ access: detail.value as StatusPage['access'] })}
                />
              </Field>
            </SpaceBetween>
          </Container>
          <Container
            header={
              <Header variant="h2" description="What your readers use. Each follows monitors, or what people say.">
                Components
              </Header>
            }
          >
            <SpaceBetween size="m">
              {components.map((component, at) => (
                <ComponentForm
                  // A new component has no identity but its place.
                  key={component.id || `new ${at + 1}`}
                  component={component}
                  error={wrong.get(`/components/${at}/name`)}
                  onChange={(next) => setComponents(components.map((each, i) => (i === at ? next : each)))}
                  {...(at > 0 && { onMove: () => setComponents(exchanged(components, at)) })}
                  onRemove={() => setComponents(components.filter((_, i) => i !== at))}
                />
              ))}
              {components.length === 0 && (
                <Box color="text-body-secondary">None yet. Add what your readers use: checkout, search, the API.</Box>
              )}
              <Button
                iconName="add-plus"
                formAction="none"
                onClick={() =>
                  setComponents([
                    ...components,
                    {
                      id: '',
                      name: '',
                      description: '',
                      group: components.at(-1)?.group ?? null,
                      service: null,
                      monitor: null,
                    },
                  ])
                }
              >
                Add a component
              </Button>
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
    </SubmitForm>
  );
};

/** Makes a status page, or changes one. */
export const EditPage = () => {
  const { id } = useParams();
  const { data, error, refetch } = useStatusPages();
  if (id === undefined) return <PageForm />;
  const page = data?.items.find((each) => each.id === id);
  if (page) return <PageForm key={id} page={page} />;
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  return data ? <Box padding="xl">There is no such status page.</Box> : <Loading text="Loading the status page" />;
};
