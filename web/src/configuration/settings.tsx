import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { channelText } from '../me/contacts.tsx';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { Loading } from '../shell/loading.tsx';
import { sayUnchanged } from '../shell/notices.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { Objectives } from './objectives.tsx';
import { CONFIG, useConfig, type Config, type Settings } from './use-config.ts';
import { GROUPS, rebased, valueAt, withValue } from './words.ts';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';

type Channel = keyof Settings['notifications']['channels'];

interface SettingsFormProps {
  readonly present: Config;
  readonly mayChange: boolean;
  readonly onSaved: (saved: Config) => void;
}

const SettingsForm = ({ present, mayChange, onSaved }: SettingsFormProps) => {
  const opened = useOpened(present);
  const [settings, setSettings] = useState(opened.settings);
  const [note, setNote] = useState('');
  const isChanged = JSON.stringify(settings) !== JSON.stringify(opened.settings);
  const save = useAction({
    act: (next: { readonly version: number; readonly settings: Settings }) =>
      bodyOf(
        api.PUT('/api/monitoring/config', {
          body: { ...next, ...(note.trim() !== '' && { note }) },
        }),
      ),
    changes: [CONFIG],
    done: () => 'The settings are saved. Every part of Tocsin obeys them within a minute.',
    then: onSaved,
    showsErrors: true,
  });
  const isOvertaken = save.error instanceof Refusal && save.error.code === 'config.changed';
  const errors = save.error instanceof Refusal ? save.error.fields : new Map<string, string>();
  const errorAt = (path: string): string | undefined => errors.get(`/settings${path}`);
  const { channels, shiftNotices } = settings.notifications;
  return (
    <SubmitForm
      isChanged={isChanged}
      isBusy={save.isPending}
      onSubmit={() => (isChanged ? save.mutate({ version: opened.version, settings }) : sayUnchanged())}
    >
      <Form
        errorText={save.error && !isOvertaken && sentenceOf(save.error)}
        {...(mayChange && {
          actions: (
            <SpaceBetween direction="horizontal" size="xs">
              {isChanged && (
                <Button variant="link" formAction="none" onClick={() => setSettings(opened.settings)}>
                  Discard
                </Button>
              )}
              <Submit loading={save.isPending}>Save</Submit>
            </SpaceBetween>
          ),
        })}
      >
        <SpaceBetween size="l">
          {!mayChange && <Alert type="info">You may read these settings. Changing them needs another role.</Alert>}
          {isOvertaken && (
            <Alert
              type="error"
              action={
                <Button
                  formAction="none"
                  onClick={() =>
                    save.mutate({
                      version: present.version,
                      settings: rebased(opened.settings, settings, present.settings),
                    })
                  }
                >
                  Save mine on top
                </Button>
              }
            >
              {sentenceOf(save.error)}
            </Alert>
          )}
          {GROUPS.map(({ title, about, fields }) => (
            <Container
              key={title}
              header={
                <Header variant="h2" description={about}>
                  {title}
                </Header>
              }
            >
              <div className="fields">
                {fields.map(({ path, label, unit }) => (
                  <FormField
                    key={path.join('/')}
                    label={label}
                    constraintText={unit}
                    errorText={errorAt(`/${path.join('/')}`)}
                  >
                    <Input
                      value={String(valueAt(settings, path) ?? '')}
                      type="number"
                      inputMode="decimal"
                      step="any"
                      disabled={!mayChange}
                      onChange={({ detail }) =>
                        setSettings(withValue(settings, path, detail.value === '' ? null : Number(detail.value)))
                      }
                    />
                  </FormField>
                ))}
              </div>
            </Container>
          ))}
          <Objectives
            value={settings.objectives}
            errorAt={errorAt}
            onChange={(objectives) => setSettings({ ...settings, objectives })}
          />
          <Container
            header={
              <Header variant="h2" description="A page whose channels are all off reaches the next step at once.">
                Notifications
              </Header>
            }
          >
            <SpaceBetween size="m">
              <FormField label="Channels that pages and notices may use">
                <div className="choices">
                  {(Object.keys(channels) as Channel[]).map((channel) => (
                    <Checkbox
                      key={channel}
                      checked={channels[channel]}
                      disabled={!mayChange}
                      onChange={({ detail }) =>
                        setSettings(withValue(settings, ['notifications', 'channels', channel], detail.checked))
                      }
                    >
                      {channelText(channel)}
                    </Checkbox>
                  ))}
                </div>
              </FormField>
              <FormField label="Notices of shifts">
                <div className="choices">
                  {(['begins', 'ends'] as const).map((when) => (
                    <Checkbox
                      key={when}
                      checked={shiftNotices[when]}
                      disabled={!mayChange}
                      onChange={({ detail }) =>
                        setSettings(withValue(settings, ['notifications', 'shiftNotices', when], detail.checked))
                      }
                    >
                      {when === 'begins' ? 'When a shift begins' : 'When it ends'}
                    </Checkbox>
                  ))}
                </div>
              </FormField>
            </SpaceBetween>
          </Container>
          {mayChange && (
            <FormField label="Why" description="The list of versions shows it." stretch>
              <Input
                value={note}
                placeholder="Targets as agreed with sales"
                onChange={({ detail }) => setNote(detail.value)}
              />
            </FormField>
          )}
        </SpaceBetween>
      </Form>
    </SubmitForm>
  );
};

/** Thresholds, targets, retention and how people are notified. */
export const SettingsPart = () => {
  const mayChange = useCan()('monitoring.config.update');
  const [saves, setSaves] = useState(0);
  const queries = useQueryClient();
  const { data, error, refetch } = useConfig();
  if (!data) {
    return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading text="Loading the settings" />;
  }
  return (
    <SettingsForm
      key={saves}
      present={data}
      mayChange={mayChange}
      onSaved={(saved) => {
        // The form opens again with what was saved.
        queries.setQueryData([...CONFIG, 'present'], saved);
        setSaves(saves + 1);
      }}
    />
  );
};
