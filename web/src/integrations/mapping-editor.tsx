import Alert from '@cloudscape-design/components/alert';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { sentenceOf } from '../api/refusal.ts';
import { Field, FieldErrors } from '../shell/fields.tsx';
import { PairsField } from '../shell/pairs-field.tsx';
import { useSettled } from '../shell/use-settled.ts';
import type { Mapping, Preset, Settings } from './integration.ts';
import { Outcome } from './outcome.tsx';
import { guessFrom, isForm, parsedSample, pathsOf, type Found } from './sample.ts';

type Expression = Schemas['MappingExpression'];
type Condition = Schemas['MappingCondition'];

/** A mapping with nothing in it yet. */
export const anEmptyMapping = (): Mapping => ({ key: '', title: '' });

/** A mapping that a person has begun can be tried and saved. */
export const isComplete = ({ key, title }: Mapping): boolean => key !== '' && title !== '';

/** Undefined for a field that is left empty. */
const orNothing = (text: string): string | undefined => (text === '' ? undefined : text);

const RULE = 'This field has a rule that is more than a path. Change it as JSON.';

interface PathFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly pointer: string;
  readonly missing?: string | false;
  readonly isOptional?: boolean;
  readonly placeholder?: string;
  readonly value: Expression | undefined;
  readonly found: readonly Found[];
  readonly onChange: (value: string) => void;
}

/** A path or a text with paths. What the sample has is offered, each path with its value. */
const PathField = ({ value, found, placeholder = '', onChange, ...field }: PathFieldProps) => {
  const text = value ?? '';
  const isRule = typeof text !== 'string';
  return (
    <Field {...field} {...(isRule && { description: RULE })} stretch>
      {isRule ? (
        <Input value={JSON.stringify(text)} readOnly />
      ) : (
        <Autosuggest
          value={text}
          options={found.map(({ path, value: at }) => ({ value: path, description: at.slice(0, 80) }))}
          placeholder={placeholder}
          enteredTextLabel={(typed) => `Take “${typed}”`}
          empty="The sample has no value here."
          ariaLabel={field.label}
          onChange={({ detail }) => onChange(detail.value)}
        />
      )}
    </Field>
  );
};

interface WhenProps {
  readonly label: string;
  readonly pointer: string;
  readonly value: Condition | undefined;
  readonly found: readonly Found[];
  readonly onChange: (value: Condition | undefined) => void;
}

/** A condition of the usual kind: a value is one of some words. */
const When = ({ label, pointer, value, found, onChange }: WhenProps) => {
  const isUsual =
    value === undefined ||
    ('value' in value && typeof value.value === 'string' && value.matches === undefined && value.exists === undefined);
  const at = value !== undefined && isUsual && 'value' in value ? (value.value as string) : '';
  const is = value !== undefined && 'is' in value ? value.is : undefined;
  const [words, setWords] = useState(typeof is === 'string' ? is : (is ?? []).join(', '));
  if (!isUsual) {
    return (
      <Field label={label} pointer={pointer} description={RULE} stretch>
        <Input value={JSON.stringify(value)} readOnly />
      </Field>
    );
  }
  const change = (path: string, text: string): void => {
    const list = text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
    onChange(path === '' ? undefined : { value: path, is: list });
  };
  return (
    <div className="form-grid">
      <PathField
        label={label}
        pointer={`${pointer}/value`}
        isOptional
        placeholder="$.status"
        value={at}
        found={found}
        onChange={(path) => change(path, words)}
      />
      <Field label={`${label}: it is one of`} pointer={`${pointer}/is`} stretch>
        <Input
          value={words}
          placeholder="ok, resolved"
          disabled={at === ''}
          onChange={({ detail }) => {
            setWords(detail.value);
            change(at, detail.value);
          }}
        />
      </Field>
    </div>
  );
};

interface FieldsProps {
  readonly mapping: Mapping;
  readonly found: readonly Found[];
  readonly ofWhole: readonly Found[];
  readonly onChange: (mapping: Mapping) => void;
}

const without = (mapping: Mapping, name: keyof Mapping): Mapping => {
  const { [name]: _, ...rest } = mapping;
  return rest as Mapping;
};

/** The fields of a mapping that nearly every sender needs. The others are left as they are. */
const Fields = ({ mapping, found, ofWhole, onChange }: FieldsProps) => {
  const set = (name: keyof Mapping, value: unknown): void =>
    onChange(value === undefined ? without(mapping, name) : { ...mapping, [name]: value });
  const plain = Object.fromEntries(
    Object.entries(mapping.labels ?? {}).filter((each): each is [string, string] => typeof each[1] === 'string'),
  );
  const rules = Object.fromEntries(Object.entries(mapping.labels ?? {}).filter(([, each]) => typeof each !== 'string'));
  return (
    <SpaceBetween size="m">
      <PathField
        label="Title"
        pointer="/mapping/title"
        missing={mapping.title === '' && 'Say where the title is.'}
        description="A path, or words with paths in double braces."
        placeholder="{{ $.host }} is {{ $.state }}"
        value={mapping.title}
        found={found}
        onChange={(value) => set('title', value)}
      />
      <PathField
        label="Key of the problem"
        pointer="/mapping/key"
        missing={mapping.key === '' && 'Say where the key is.'}
        description="The same in all messages of one problem: repeats count onto its alert, and the end resolves it."
        placeholder="$.id"
        value={mapping.key}
        found={found}
        onChange={(value) => set('key', value)}
      />
      <When
        label="Resolves when"
        pointer="/mapping/resolve"
        value={mapping.resolve}
        found={found}
        onChange={(value) => set('resolve', value)}
      />
      <When
        label="Is ignored when"
        pointer="/mapping/ignore"
        value={mapping.ignore}
        found={found}
        onChange={(value) => set('ignore', value)}
      />
      <div className="form-grid">
        <PathField
          label="Severity"
          pointer="/mapping/severity"
          isOptional
          placeholder="$.severity"
          value={mapping.severity}
          found={found}
          onChange={(value) => set('severity', orNothing(value))}
        />
        <PathField
          label="Service"
          pointer="/mapping/service"
          isOptional
          placeholder="$.service"
          value={mapping.service}
          found={found}
          onChange={(value) => set('service', orNothing(value))}
        />
      </div>
      <PathField
        label="Description"
        pointer="/mapping/description"
        isOptional
        placeholder="$.details"
        value={mapping.description}
        found={found}
        onChange={(value) => set('description', orNothing(value))}
      />
      <PathField
        label="List of events"
        pointer="/mapping/events"
        description="Where one message has several events: the paths above are then within one of them."
        isOptional
        placeholder="$.alerts"
        value={mapping.events}
        found={ofWhole}
        onChange={(value) => set('events', orNothing(value))}
      />
      <PairsField
        label="Labels"
        pointer="/mapping/labels"
        value={plain}
        names="host"
        values="$.host"
        add="Add a label"
        onChange={(labels) => set('labels', { ...rules, ...labels })}
      />
    </SpaceBetween>
  );
};

interface AsJsonProps {
  readonly mapping: Mapping;
  readonly onChange: (mapping: Mapping) => void;
}

const AsJson = ({ mapping, onChange }: AsJsonProps) => {
  const [text, setText] = useState(() => JSON.stringify(mapping, undefined, 2));
  const [error, setError] = useState('');
  return (
    <Field
      label="Mapping"
      stretch
      missing={error || (!isComplete(mapping) && 'The mapping needs a title and a key.')}
      error={error === '' ? undefined : error}
      description="All that a mapping can do: expressions, other words, defaults, nested conditions. The guide has the whole list."
    >
      <Textarea
        value={text}
        rows={24}
        spellcheck={false}
        onChange={({ detail }) => {
          setText(detail.value);
          try {
            const parsed: unknown = JSON.parse(detail.value);
            if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('is no object');
            setError('');
            onChange(parsed as Mapping);
          } catch (thrown) {
            setError(`It is no JSON yet: ${(thrown as Error).message}`);
          }
        }}
      />
    </Field>
  );
};

/** A sample as somebody can read it. */
const laidOut = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
};

export interface MappingEditorProps {
  readonly mapping: Mapping;
  readonly onChange: (mapping: Mapping) => void;
  readonly words: Pick<Settings, 'defaultSeverity' | 'severities'>;
  readonly presets: readonly Preset[];
  /** What was refused lately, newest first, as samples to begin with. */
  readonly rejected?: Schemas['Integration']['rejectedSamples'];
  /** A refusal of what was saved, shown at its fields. */
  readonly error?: unknown;
}

/** A sample goes in, each field says where in it the value is, and what comes out is shown while somebody types. */
export const MappingEditor = ({ mapping, onChange, words, presets, rejected = [], error }: MappingEditorProps) => {
  const [view, setView] = useState('form');
  const [sample, setSample] = useState(() => laidOut(rejected[0]?.body ?? ''));
  // The fields keep what is typed in them, so they start again with another mapping.
  const [edition, setEdition] = useState(0);
  const replace = (next: Mapping): void => {
    onChange(next);
    setEdition(edition + 1);
  };
  const wanted = useSettled(JSON.stringify({ mapping, sample, words }));
  const isAsked = sample.trim() !== '' && isComplete(mapping);
  const asked = JSON.parse(wanted) as {
    readonly mapping: Mapping;
    readonly sample: string;
    readonly words: typeof words;
  };
  const tried = useQuery({
    queryKey: ['integration-try', wanted],
    queryFn: ({ signal }) =>
      bodyOf(
        api.POST('/api/integrations/try', {
          body: {
            type: 'webhook',
            mapping: asked.mapping,
            body: asked.sample,
            headers: isForm(asked.sample) ? { 'content-type': 'application/x-www-form-urlencoded' } : {},
            defaultSeverity: asked.words.defaultSeverity,
            severities: asked.words.severities,
          },
          signal,
        }),
      ),
    enabled: isAsked && asked.sample.trim() !== '' && isComplete(asked.mapping),
    retry: false,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
  const message = parsedSample(sample);
  const whole = message === undefined ? [] : pathsOf(message);
  const inEvents = mapping.events;
  const ofEvents =
    inEvents === undefined
      ? whole
      : whole
          .filter(({ path }) => path.startsWith(`${inEvents}[0]`))
          .map(({ path, value }) => ({ path: `$${path.slice(inEvents.length + 3)}`, value }))
          .concat(
            whole
              .filter(({ path }) => !path.startsWith(`${inEvents}[`))
              .map(({ path, value }) => ({ path: `$${path}`, value })),
          );
  const guess = guessFrom(sample);
  return (
    <FieldErrors error={error ?? tried.error}>
      <div className="mapping">
        <div className="mapping-sample">
          <Container header={<Header variant="h2">A sample</Header>}>
            <SpaceBetween size="m">
              <FormField
                label="Message"
                stretch
                description="Paste what the program sends: JSON, or the fields of a form."
                errorText={sample.trim() !== '' && message === undefined && 'This is neither JSON nor a form.'}
              >
                <Textarea
                  value={sample}
                  rows={12}
                  spellcheck={false}
                  placeholder={'{ "id": "db-1/disk", "title": "Disk of db-1 is full", "state": "firing" }'}
                  onChange={({ detail }) => setSample(detail.value)}
                  onBlur={() => setSample(laidOut(sample))}
                />
              </FormField>
              <div className="row">
                <Button
                  disabled={guess === undefined}
                  disabledReason="Paste a sample first."
                  onClick={() => {
                    if (guess) replace({ ...guess });
                  }}
                >
                  Fill in from the sample
                </Button>
                <Select
                  selectedOption={null}
                  options={presets.map(({ type, title }) => ({ value: type, label: title }))}
                  placeholder="Begin with a vendor’s"
                  ariaLabel="Begin with the mapping of a vendor"
                  onChange={({ detail }) => {
                    const preset = presets.find(({ type }) => type === detail.selectedOption.value);
                    if (!preset) return;
                    replace(preset.mapping);
                    if (sample.trim() === '' && preset.body !== null) setSample(preset.body);
                  }}
                />
              </div>
              {rejected.length > 1 && (
                <Select
                  selectedOption={null}
                  options={rejected.map(({ at, reason }, i) => ({ value: String(i), label: reason, description: at }))}
                  placeholder="Take a rejected message"
                  ariaLabel="Take a rejected message as the sample"
                  onChange={({ detail }) =>
                    setSample(laidOut(rejected[Number(detail.selectedOption.value)]?.body ?? ''))
                  }
                />
              )}
            </SpaceBetween>
          </Container>
        </div>
        <div className="mapping-fields">
          <Container
            header={
              <Header
                variant="h2"
                description="How a message becomes an alert."
                actions={
                  <SegmentedControl
                    selectedId={view}
                    label="How the mapping is shown"
                    options={[
                      { id: 'form', text: 'Form' },
                      { id: 'json', text: 'JSON' },
                    ]}
                    onChange={({ detail }) => setView(detail.selectedId)}
                  />
                }
              >
                Mapping
              </Header>
            }
          >
            {view === 'form' ? (
              <Fields key={edition} mapping={mapping} found={ofEvents} ofWhole={whole} onChange={onChange} />
            ) : (
              <AsJson key={edition} mapping={mapping} onChange={onChange} />
            )}
          </Container>
        </div>
        <div className="mapping-outcome">
          <Container header={<Header variant="h2">What comes of it</Header>}>
            <div aria-live="polite">
              {!isAsked ? (
                <Box color="text-body-secondary">
                  {sample.trim() === ''
                    ? 'Paste a sample, and see here what becomes of it.'
                    : 'Say where the title and the key are, or fill them in from the sample.'}
                </Box>
              ) : tried.error ? (
                <Alert type="error">{sentenceOf(tried.error)}</Alert>
              ) : (
                <SpaceBetween size="l">
                  {tried.data?.events.length === 0 && <Box>The message has no event.</Box>}
                  {tried.data?.events.map((mapped, i) => (
                    // Events have no identity but their place.
                    <Outcome key={`event ${i + 1}`} mapped={mapped} name={`Event ${i + 1}`} />
                  ))}
                </SpaceBetween>
              )}
            </div>
          </Container>
        </div>
      </div>
    </FieldErrors>
  );
};
