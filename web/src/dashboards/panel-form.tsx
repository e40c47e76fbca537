import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { SEVERITIES, type Severity } from '../alerts/severity.tsx';
import { AGGREGATIONS } from '../metrics/condition.ts';
import { MetricSelect } from '../metrics/metric-select.tsx';
import { useMetricNames } from '../metrics/use-metrics.ts';
import { ServiceSelect } from '../services/service-select.tsx';
import { ChoiceField, choices, Field, TextField } from '../shell/fields.tsx';
import { GroupField } from '../shell/group-field.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { PairsField } from '../shell/pairs-field.tsx';
import { aPanel, RANGES, STATES, usualTitle, type Panel, type PanelOf } from './dashboard.ts';
import { PanelFrame } from './panel.tsx';
import { useSeries } from './use-series.ts';

const KINDS: readonly { readonly value: Panel['kind']; readonly label: string; readonly description: string }[] = [
  { value: 'metric', label: 'A metric', description: 'Over time or as a figure, with lines that it should not cross.' },
  { value: 'state', label: 'A state', description: 'Health, monitors, incidents, service levels, security.' },
  { value: 'alerts', label: 'Alerts', description: 'Counts by severity, a list, or what opened over time.' },
  { value: 'text', label: 'A text', description: 'In Markdown, such as what to do first.' },
];

const WIDTHS = [
  ['3', 'A quarter'],
  ['4', 'A third'],
  ['6', 'A half'],
  ['8', 'Two thirds'],
  ['9', 'Three quarters'],
  ['12', 'The whole row'],
] as const;

const SHOWS = [
  { value: 'line', label: 'Lines' },
  { value: 'area', label: 'Areas' },
  { value: 'bar', label: 'Bars' },
  { value: 'number', label: 'Figures' },
] as const;

const ALERT_SHOWS = [
  { value: 'counts', label: 'Unresolved ones by severity' },
  { value: 'list', label: 'A list of unresolved ones' },
  { value: 'history', label: 'What opened over time' },
] as const;

const PANEL_RANGES = RANGES.filter(({ value }) => value !== '');

const MOST_LINES = 5;

const LinesField = ({
  lines,
  onChange,
}: {
  readonly lines: PanelOf<'metric'>['lines'];
  readonly onChange: (lines: PanelOf<'metric'>['lines']) => void;
}) => {
  // What is typed of a number, which for a moment is none, such as “-”.
  const [texts, setTexts] = useState(() => lines.map(({ value }) => String(value)));
  const set = (place: number, changed: Partial<(typeof lines)[number]>): void =>
    onChange(lines.map((line, i) => (i === place ? { ...line, ...changed } : line)));
  return (
    <GroupField label="Lines across" description="What an SLA or a limit allows." isOptional>
      <SpaceBetween size="xs">
        {lines.map(({ label, severity }, i) => (
          // A line has no identity but its place.
          <div className="line-row" key={`line ${i + 1}`}>
            <Input
              type="number"
              value={texts[i] ?? ''}
              ariaLabel={`Line ${i + 1}, value`}
              onChange={({ detail }) => {
                setTexts(texts.map((text, place) => (place === i ? detail.value : text)));
                const value = Number(detail.value);
                if (detail.value !== '' && Number.isFinite(value)) set(i, { value });
              }}
            />
            <Input
              value={label}
              placeholder="SLA"
              ariaLabel={`Line ${i + 1}, name`}
              onChange={({ detail }) => set(i, { label: detail.value })}
            />
            <Select
              selectedOption={{ value: severity, label: severity }}
              options={choices(SEVERITIES)}
              ariaLabel={`Line ${i + 1}, colour`}
              onChange={({ detail }) => set(i, { severity: detail.selectedOption.value as Severity })}
            />
            <Button
              iconName="remove"
              variant="icon"
              formAction="none"
              ariaLabel={`Remove line ${i + 1}`}
              onClick={() => {
                setTexts(texts.filter((_, place) => place !== i));
                onChange(lines.filter((_, place) => place !== i));
              }}
            />
          </div>
        ))}
        {lines.length < MOST_LINES && (
          <Button
            iconName="add-plus"
            formAction="none"
            onClick={() => {
              setTexts([...texts, '100']);
              onChange([...lines, { value: 100, label: '', severity: 'warning' }]);
            }}
          >
            Add a line
          </Button>
        )}
      </SpaceBetween>
    </GroupField>
  );
};

interface FieldsProps<P extends Panel> {
  readonly panel: P;
  readonly set: (changed: Partial<P>) => void;
}

const MetricFields = ({ panel, set }: FieldsProps<PanelOf<'metric'>>) => {
  const { data: names } = useMetricNames();
  const known = names?.items.find(({ name }) => name === panel.metric);
  const groups = [...new Set([...Object.keys(known?.dimensions ?? {}), ...panel.groupBy])];
  return (
    <SpaceBetween size="l">
      <div className="form-grid">
        <Field label="Metric" missing={panel.metric.trim() === '' && 'Choose a metric.'} stretch>
          <MetricSelect value={panel.metric} onChange={(metric) => set({ metric })} />
        </Field>
        <ChoiceField
          label="Taken as"
          value={panel.aggregation}
          options={AGGREGATIONS}
          onChange={(aggregation) => set({ aggregation })}
        />
        <ChoiceField label="Drawn as" value={panel.show} options={SHOWS} onChange={(show) => set({ show })} />
        <ChoiceField
          label="Range"
          value={String(panel.minutes)}
          options={PANEL_RANGES}
          onChange={(minutes) => set({ minutes: Number(minutes) })}
        />
        <Field label="One for each" isOptional>
          <Multiselect
            selectedOptions={panel.groupBy.map((name) => ({ value: name, label: name }))}
            options={groups.map((name) => ({ value: name, label: name }))}
            placeholder="All in one"
            empty="It has no dimension."
            deselectAriaLabel={({ label }) => `Remove ${label}`}
            onChange={({ detail }) =>
              set({ groupBy: detail.selectedOptions.flatMap(({ value }) => value ?? []).slice(0, 3) })
            }
          />
        </Field>
        <Field label="In percent of" isOptional stretch>
          <MetricSelect value={panel.per ?? ''} onChange={(per) => set({ per: per === '' ? null : per })} />
        </Field>
      </div>
      <PairsField
        label="Only with"
        value={panel.dimensions}
        names="region"
        values="eu-1"
        add="Add a dimension"
        onChange={(dimensions) => set({ dimensions })}
      />
      <LinesField lines={panel.lines} onChange={(lines) => set({ lines })} />
      <Checkbox checked={panel.trend} onChange={({ detail }) => set({ trend: detail.checked })}>
        Say how it compares with the time before
      </Checkbox>
    </SpaceBetween>
  );
};

const StateFields = ({ panel, set }: FieldsProps<PanelOf<'state'>>) => (
  <div className="form-grid">
    <ChoiceField label="What it shows" value={panel.of} options={STATES} onChange={(of) => set({ of })} />
    {['services', 'incidents', 'budgets', 'sla'].includes(panel.of) && (
      <Field label="Only of the service" isOptional>
        <ServiceSelect value={panel.service} onChange={(service) => set({ service })} />
      </Field>
    )}
  </div>
);

const AlertFields = ({ panel, set }: FieldsProps<PanelOf<'alerts'>>) => (
  <SpaceBetween size="l">
    <div className="form-grid">
      <ChoiceField label="Drawn as" value={panel.show} options={ALERT_SHOWS} onChange={(show) => set({ show })} />
      <Field label="Severities" isOptional>
        <Multiselect
          selectedOptions={panel.severities.map((each) => ({ value: each, label: each }))}
          options={choices(SEVERITIES)}
          placeholder="All"
          deselectAriaLabel={({ label }) => `Remove ${label}`}
          onChange={({ detail }) => set({ severities: detail.selectedOptions.map(({ value }) => value as Severity) })}
        />
      </Field>
      <Field label="Only of the service" isOptional>
        <ServiceSelect value={panel.service} onChange={(service) => set({ service })} />
      </Field>
      {panel.show === 'history' && (
        <ChoiceField
          label="Range"
          value={String(panel.minutes)}
          options={PANEL_RANGES}
          onChange={(minutes) => set({ minutes: Number(minutes) })}
        />
      )}
    </div>
    <PairsField
      label="Only with the labels"
      value={panel.labels}
      names="preset"
      values="revoagent"
      add="Add a label"
      onChange={(labels) => set({ labels })}
    />
  </SpaceBetween>
);

interface PanelFormProps {
  /** Undefined for a new one. */
  readonly panel?: Panel;
  readonly onDone: (panel: Panel) => void;
  readonly onCancel: () => void;
}

/** What a panel shows and how, with the panel itself below, as it will be. */
export const PanelForm = ({ panel: given, onDone, onCancel }: PanelFormProps) => {
  const [panel, setPanel] = useState<Panel>(given ?? aPanel('metric'));
  const set = (changed: Partial<Panel>): void => setPanel((before) => ({ ...before, ...changed }) as Panel);
  const preview: Panel = { ...panel, id: 'preview', width: 12 };
  const { data } = useSeries(preview.kind === 'metric' ? [preview] : [], undefined);
  const widths = WIDTHS.map(([value, label]) => ({ value, label }));
  return (
    <FormModal
      title={given ? 'Change the panel' : 'Add a panel'}
      submit={given ? 'Change' : 'Add'}
      size="large"
      isBusy={false}
      onSubmit={() => onDone({ ...panel, title: panel.title.trim() || usualTitle(panel).slice(0, 128) })}
      onCancel={onCancel}
    >
      <div className="form-grid">
        <ChoiceField
          label="Kind"
          value={panel.kind}
          options={KINDS}
          onChange={(kind) => setPanel(({ id, title, width }) => ({ ...aPanel(kind), id, title, width }))}
        />
        <TextField
          label="Title"
          value={panel.title}
          placeholder={usualTitle(panel)}
          isOptional
          onChange={(title) => set({ title: title.slice(0, 128) })}
        />
        <ChoiceField
          label="Width"
          value={String(panel.width)}
          options={
            widths.some(({ value }) => value === String(panel.width))
              ? widths
              : [...widths, { value: String(panel.width), label: `${panel.width} of 12 columns` }]
          }
          onChange={(width) => set({ width: Number(width) })}
        />
      </div>
      {panel.kind === 'metric' && <MetricFields panel={panel} set={set} />}
      {panel.kind === 'state' && <StateFields panel={panel} set={set} />}
      {panel.kind === 'alerts' && <AlertFields panel={panel} set={set} />}
      {panel.kind === 'text' && (
        <Field label="Text" description="Markdown." missing={panel.text.trim() === '' && 'Write the text.'} stretch>
          <Textarea
            value={panel.text}
            rows={6}
            placeholder="First, look at [the runbook](https://wiki.example/runbook)."
            onChange={({ detail }) => set({ text: detail.value.slice(0, 2_000) })}
          />
        </Field>
      )}
      <Box variant="h3" padding="n">
        Preview
      </Box>
      <div className="panels">
        <PanelFrame panel={preview} series={data?.get('preview')} range={undefined} actions={false} />
      </div>
    </FormModal>
  );
};
