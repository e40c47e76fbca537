import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { SEVERITIES, type Severity } from '../alerts/severity.tsx';
import { ServiceSelect } from '../services/service-select.tsx';
import { ChoiceField, choices, NumberField, TextField } from '../shell/fields.tsx';
import { PairsField } from '../shell/pairs-field.tsx';
import type { Settings } from './integration.ts';

interface SettingsFieldsProps {
  readonly settings: Settings;
  readonly type: string;
  /** Only what a person needs at first. */
  readonly isShort?: boolean;
  readonly onChange: (settings: Settings) => void;
}

/** What an integration is called, and what its alerts have that name nothing else. */
export const SettingsFields = ({ settings, type, isShort = false, onChange }: SettingsFieldsProps) => {
  const set = (part: Partial<Settings>): void => onChange({ ...settings, ...part });
  return (
    <SpaceBetween size="l">
      <TextField
        label="Name"
        pointer="/name"
        missing={settings.name.trim() === '' && 'Name the integration.'}
        {...(isShort && { description: 'Its alerts have the type and this name as their source.' })}
        value={settings.name}
        placeholder="checkout"
        stretch
        onChange={(name) => set({ name })}
      />
      <div className="form-grid">
        <FormField label="Service" description="Of alerts that name none.">
          <ServiceSelect value={settings.service} onChange={(service) => set({ service })} />
        </FormField>
        <ChoiceField
          label="Severity"
          description="Of alerts that name none."
          pointer="/defaultSeverity"
          value={settings.defaultSeverity}
          options={choices(SEVERITIES)}
          onChange={(defaultSeverity) => set({ defaultSeverity })}
        />
      </div>
      {!isShort && (
        <>
          <TextField
            label="Team"
            description="Of alerts that name none."
            pointer="/team"
            isOptional
            value={settings.team ?? ''}
            onChange={(team) => set({ team: team === '' ? null : team })}
          />
          <PairsField
            label="Words for severities"
            description="What a word of the sender means: critical, error, warning or info."
            pointer="/severities"
            value={settings.severities}
            names="P1"
            values="critical"
            add="Add a word"
            onChange={(severities) => set({ severities: severities as Record<string, Severity> })}
          />
          <NumberField
            label="Most events a minute"
            description="More are answered 429, and the sender sends them later. From 60 to 60,000."
            pointer="/eventsPerMinute"
            value={settings.eventsPerMinute}
            onChange={(eventsPerMinute) => set({ eventsPerMinute: eventsPerMinute ?? 6_000 })}
          />
          <NumberField
            label="Resolve its alerts after"
            description="Minutes without an event of the problem, for tools that never report its end. Empty: an alert stays until it is resolved."
            pointer="/autoResolveMinutes"
            isOptional
            value={settings.autoResolveMinutes}
            placeholder="1440"
            // Undefined takes away what is stored.
            onChange={(autoResolveMinutes) => set({ autoResolveMinutes })}
          />
          {type === 'opsgenie' && (
            <Toggle
              checked={settings.configurationAccess === true}
              description="Its key may also make heartbeats, and read schedules, people, teams and policies."
              onChange={({ detail }) => set({ configurationAccess: detail.checked })}
            >
              Configuration access
            </Toggle>
          )}
          {type === 'cloudwatch' && (
            <TextField
              label="Further AWS accounts"
              description="Of 12 digits, with commas: their topics may send here, too."
              pointer="/accounts"
              isOptional
              stretch
              value={(settings.accounts ?? []).join(', ')}
              onChange={(text) =>
                set({
                  accounts: text
                    .split(',')
                    .map((each) => each.trim())
                    .filter((each) => each !== ''),
                })
              }
            />
          )}
        </>
      )}
    </SpaceBetween>
  );
};
