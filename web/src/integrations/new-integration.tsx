import './integrations.css';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, bodyOf } from '../api/client.ts';
import { sentenceOf } from '../api/refusal.ts';
import { FieldErrors } from '../shell/fields.tsx';
import { useGo } from '../shell/go.ts';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';
import { useAction } from '../shell/use-action.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { Connect } from './connect.tsx';
import {
  INTEGRATIONS,
  OWN_TYPES,
  presetOf,
  titleOf,
  usePresets,
  type IntegrationType,
  type Mapping,
  type Settings,
} from './integration.ts';
import { anEmptyMapping, MappingEditor } from './mapping-editor.tsx';
import { SettingsFields } from './settings-fields.tsx';

const FIRST: Settings = {
  name: '',
  service: null,
  team: null,
  defaultSeverity: 'error',
  severities: {},
  eventsPerMinute: 6_000,
  enabled: true,
};

const LIST = '/configuration';

interface Made {
  readonly id: string;
  readonly name: string;
  readonly key: string;
}

/** Chooses a sender, names it, and shows where it sends. A webhook of no known vendor also gets its mapping. */
export const NewIntegration = () => {
  useTitle('Add an integration');
  const go = useGo();
  const navigate = useNavigate();
  const [type, setType] = useParam('type', 'webhook');
  const presets = usePresets().data?.items ?? [];
  const [settings, setSettings] = useState(FIRST);
  const [mapping, setMapping] = useState<Mapping>(anEmptyMapping);
  const [made, setMade] = useState<Made>();
  const isWebhook = type === 'webhook';
  const title = titleOf(presets, type);
  const save = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/integrations', {
          body: {
            ...settings,
            name: settings.name.trim(),
            type: type as IntegrationType,
            ...(isWebhook && { mapping }),
          },
        }),
      ),
    changes: [INTEGRATIONS],
    done: ({ name }) => `The integration ${name} is there.`,
    then: setMade,
    showsErrors: true,
  });
  const tiles = [
    ...presets.map((preset) => ({ value: preset.type, label: preset.title })),
    ...Object.entries(OWN_TYPES).map(([value, [label, description]]) => ({ value, label, description })),
  ];
  const crumbs = (
    <BreadcrumbGroup
      items={[
        { text: 'Integrations', href: LIST },
        { text: made?.name ?? 'Add an integration', href: '#' },
      ]}
      ariaLabel="Where this page is"
      onFollow={go}
    />
  );
  if (made) {
    return (
      <SpaceBetween size="l">
        {crumbs}
        <Header
          variant="h1"
          actions={
            <Button variant="primary" onClick={() => void navigate(`/configuration/integrations/${made.id}`)}>
              I have stored the key
            </Button>
          }
        >
          <span className="wrap">Connect {made.name}</span>
        </Header>
        <Container header={<Header variant="h2">{title}</Header>}>
          <Connect type={type} keyText={made.key} />
        </Container>
      </SpaceBetween>
    );
  }
  return (
    <SubmitForm isBusy={save.isPending} onSubmit={() => save.mutate()}>
      <FieldErrors error={save.error}>
        <Form
          header={
            <SpaceBetween size="m">
              {crumbs}
              <Header variant="h1">Add an integration</Header>
            </SpaceBetween>
          }
          errorText={save.error && sentenceOf(save.error)}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" href={LIST} onFollow={go}>
                Cancel
              </Button>
              <Submit loading={save.isPending}>Save, and show the key</Submit>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">What sends alerts</Header>}>
              <Tiles
                value={type}
                items={tiles}
                columns={4}
                ariaLabel="What sends alerts"
                onChange={({ detail }) => setType(detail.value)}
              />
            </Container>
            <Container
              header={
                <Header variant="h2" description={OWN_TYPES[type]?.[1] ?? presetOf(presets, type)?.setUp}>
                  {title}
                </Header>
              }
            >
              <SettingsFields settings={settings} type={type} isShort onChange={setSettings} />
            </Container>
            {isWebhook && (
              <MappingEditor
                mapping={mapping}
                onChange={setMapping}
                words={settings}
                presets={presets}
                error={save.error}
              />
            )}
          </SpaceBetween>
        </Form>
      </FieldErrors>
    </SubmitForm>
  );
};
