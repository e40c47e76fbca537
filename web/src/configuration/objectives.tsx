import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { ServiceSelect } from '../services/service-select.tsx';
import type { Settings } from './use-config.ts';

type Objective = Settings['objectives'][number];

const DOWN_WHEN = [
  { value: 'any', label: 'With its first monitor' },
  { value: 'all', label: 'Only with all of them' },
];

interface ObjectivesProps {
  readonly value: readonly Objective[];
  readonly errorAt: (path: string) => string | undefined;
  readonly onChange: (value: Objective[]) => void;
}

const numberOr = (text: string): number | undefined => (text === '' ? undefined : Number(text));

/** An objective without the fields that are undefined. */
const trimmed = ({
  uptimePercent,
  responseTimeMs,
  ...rest
}: { readonly [F in keyof Objective]: Objective[F] | undefined }): Objective =>
  ({
    ...rest,
    ...(uptimePercent !== undefined && { uptimePercent }),
    ...(responseTimeMs !== undefined && { responseTimeMs }),
  }) as Objective;

/** Services with targets of their own. */
export const Objectives = ({ value, errorAt, onChange }: ObjectivesProps) => {
  const set = (at: number, changed: { readonly [F in keyof Objective]?: Objective[F] | undefined }): void =>
    onChange(value.map((each, i) => (i === at ? trimmed({ ...each, ...changed }) : each)));
  return (
    <Container
      header={
        <Header variant="h2" description="An empty field means the general target.">
          Services with targets of their own
        </Header>
      }
    >
      <SpaceBetween size="m">
        {value.map((objective, at) => (
          <div key={`objective ${at + 1}`} className="fields">
            <FormField label="Service" errorText={errorAt(`/objectives/${at}/service`)}>
              <ServiceSelect
                value={objective.service === '' ? null : objective.service}
                onChange={(service) => set(at, { service: service ?? '' })}
              />
            </FormField>
            <FormField label="Uptime in %" errorText={errorAt(`/objectives/${at}/uptimePercent`)}>
              <Input
                value={String(objective.uptimePercent ?? '')}
                inputMode="decimal"
                type="number"
                onChange={({ detail }) => set(at, { uptimePercent: numberOr(detail.value) })}
              />
            </FormField>
            <FormField label="Response time in ms" errorText={errorAt(`/objectives/${at}/responseTimeMs`)}>
              <Input
                value={String(objective.responseTimeMs ?? '')}
                inputMode="numeric"
                type="number"
                onChange={({ detail }) => set(at, { responseTimeMs: numberOr(detail.value) })}
              />
            </FormField>
            <FormField label="It is down">
              <Select
                selectedOption={DOWN_WHEN.find((option) => option.value === objective.downWhen) ?? null}
                options={DOWN_WHEN}
                onChange={({ detail }) => set(at, { downWhen: detail.selectedOption.value as Objective['downWhen'] })}
              />
            </FormField>
            <div className="fields-end">
              <Checkbox
                checked={objective.burnRateAlerts}
                onChange={({ detail }) => set(at, { burnRateAlerts: detail.checked })}
              >
                Alert when the error budget burns fast
              </Checkbox>
            </div>
            <div className="fields-end">
              <Button
                iconName="remove"
                variant="icon"
                formAction="none"
                ariaLabel={`Remove the targets of ${objective.service || 'this service'}`}
                onClick={() => onChange(value.filter((_, i) => i !== at))}
              />
            </div>
          </div>
        ))}
        {value.length === 0 && <Box color="text-body-secondary">None. Every service is held to the targets above.</Box>}
        <Button
          iconName="add-plus"
          formAction="none"
          onClick={() => onChange([...value, { service: '', downWhen: 'any', burnRateAlerts: true }])}
        >
          Add a service
        </Button>
      </SpaceBetween>
    </Container>
  );
};
