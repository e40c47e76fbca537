import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { WindowsField, type Restriction } from '../on-call/windows-field.tsx';
import { ChoiceField, choices, Field, FieldErrors, NumberField, TextField } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { POLICIES, type Policy } from './catalogue.ts';
import { TargetsSelect } from './targets.tsx';
import { OWN_ZONE } from '../shell/locale.ts';

type Step = Policy['steps'][number];

const aStep = (): Step => ({ targets: [], escalateAfterMinutes: 5 });
const REPEATS = choices([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).map(({ value }) => ({
  value,
  label: value === '0' ? 'Not at all' : value === '1' ? 'Once' : `${value} times`,
}));

interface StepFormProps {
  readonly step: Step;
  readonly place: number;
  readonly onChange: (step: Step) => void;
  readonly onRemove?: () => void;
  readonly onUp?: () => void;
}

const StepForm = ({ step, place, onChange, onRemove, onUp }: StepFormProps) => {
  const { targets, assignment = 'everyone', hours, escalateAfterMinutes } = step;
  const setWindows = (windows: Restriction[]): void => {
    const { hours: _, ...rest } = step;
    onChange(
      windows.length === 0 ? rest : ({ ...rest, hours: { timeZone: hours?.timeZone ?? OWN_ZONE, windows } } as Step),
    );
  };
  return (
    <Container
      header={
        <Header
          variant="h3"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {onUp && (
                <Button iconName="angle-up" formAction="none" ariaLabel={`Move step ${place + 1} up`} onClick={onUp} />
              )}
              {onRemove && (
                <Button formAction="none" ariaLabel={`Remove step ${place + 1}`} onClick={onRemove}>
                  Remove
                </Button>
              )}
            </SpaceBetween>
          }
        >
          Step {place + 1}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Field
          label="Pages"
          pointer={`/steps/${place}/targets`}
          missing={targets.length === 0 && 'Choose whom it pages.'}
          stretch
        >
          <TargetsSelect
            value={targets}
            label={`Whom step ${place + 1} pages`}
            onChange={(next) => onChange({ ...step, targets: next })}
          />
        </Field>
        <div className="form-grid">
          <NumberField
            label="Then waits"
            description="Minutes, until the next step."
            pointer={`/steps/${place}/escalateAfterMinutes`}
            value={escalateAfterMinutes}
            onChange={(minutes) => onChange({ ...step, escalateAfterMinutes: minutes ?? 1 })}
          />
          {targets.length > 1 && (
            <ChoiceField
              label="Of these"
              value={assignment}
              options={[
                { value: 'everyone', label: 'All at once' },
                { value: 'round_robin', label: 'One, in turn' },
              ]}
              onChange={(next) => onChange({ ...step, assignment: next })}
            />
          )}
        </div>
        {hours ? (
          <WindowsField
            label="Only in these hours"
            description={`By the clocks of ${hours.timeZone}. At others the step is skipped, unless no step would count.`}
            value={hours.windows as Restriction[]}
            onChange={setWindows}
          />
        ) : (
          <Checkbox
            checked={false}
            onChange={() => setWindows([{ type: 'daily', days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }])}
          >
            Only in some hours
          </Checkbox>
        )}
      </SpaceBetween>
    </Container>
  );
};

interface PolicyFormProps {
  readonly policy?: Policy;
  /** There is no policy of everything else yet: this becomes it. */
  readonly isFirst?: boolean;
  readonly onClose: () => void;
}

/** Makes an escalation policy, or changes one. */
export const PolicyForm = ({ policy: present, isFirst = false, onClose }: PolicyFormProps) => {
  const policy = useOpened(present);
  const [name, setName] = useState(policy?.name ?? '');
  const [steps, setSteps] = useState<readonly Step[]>(policy?.steps ?? [aStep()]);
  const [repeat, setRepeat] = useState(String(policy?.repeat ?? 2));
  const [timeout, setTimeout] = useState<number | undefined>(policy?.acknowledgementTimeoutMinutes ?? undefined);
  const body = {
    name: name.trim(),
    steps: [...steps],
    repeat: Number(repeat),
    acknowledgementTimeoutMinutes: timeout ?? null,
  };
  const id = policy?.id ?? (isFirst ? 'default' : undefined);
  const save = useAction({
    act: (version: number) =>
      id === undefined
        ? bodyOf(api.POST('/api/oncall/policies', { body }))
        : bodyOf(api.PUT('/api/oncall/policies/{id}', { params: { path: { id } }, body: { ...body, version } })),
    changes: [POLICIES],
    done: () => `The policy ${body.name} is saved. What escalates already keeps to the version that it began with.`,
    then: onClose,
    showsErrors: true,
  });
  const replace = (place: number, next?: Step): void =>
    setSteps(steps.flatMap((each, i) => (i === place ? (next ? [next] : []) : [each])));
  const up = (place: number): void =>
    setSteps(steps.map((each, i) => (i === place - 1 ? steps[place] : i === place ? steps[place - 1] : each) ?? each));
  return (
    <FormModal
      title={policy ? 'Edit the policy' : 'Add a policy'}
      submit="Save"
      size="large"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate(policy?.version ?? 0)}
      {...(present && { onOverrule: () => save.mutate(present.version) })}
      onCancel={onClose}
    >
      <FieldErrors error={save.error}>
        <SpaceBetween size="l">
          <TextField
            label="Name"
            pointer="/name"
            missing={body.name === '' && 'Name the policy.'}
            value={name}
            autoFocus
            placeholder="First line, then the lead"
            onChange={setName}
          />
          {steps.map((step, i) => (
            <StepForm
              // A step has no identity but its place.
              key={`step ${i + 1}`}
              step={step}
              place={i}
              onChange={(next) => replace(i, next)}
              {...(steps.length > 1 && { onRemove: () => replace(i) })}
              {...(i > 0 && { onUp: () => up(i) })}
            />
          ))}
          {steps.length < 10 && (
            <Button iconName="add-plus" formAction="none" onClick={() => setSteps([...steps, aStep()])}>
              Add a step
            </Button>
          )}
          <div className="form-grid">
            <ChoiceField
              label="All steps again"
              description="While nobody answers."
              value={repeat}
              options={REPEATS}
              onChange={setRepeat}
            />
            <NumberField
              label="An acknowledgement holds for"
              description="Minutes. Empty: for as long as the alert is open."
              isOptional
              pointer="/acknowledgementTimeoutMinutes"
              value={timeout}
              onChange={setTimeout}
            />
          </div>
          {isFirst && (
            <Box color="text-body-secondary">It becomes the policy of every alert for which nothing else is said.</Box>
          )}
        </SpaceBetween>
      </FieldErrors>
    </FormModal>
  );
};
