import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { sentenceOf } from '../api/refusal.ts';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { FieldErrors, TextField } from '../shell/fields.tsx';
import { countText, numberText } from '../shell/figures.ts';
import { FormModal } from '../shell/form-modal.tsx';
import { Loading } from '../shell/loading.tsx';
import { RowActions } from '../shell/row-actions.tsx';
import { useAction } from '../shell/use-action.ts';
import { useOpened } from '../shell/use-opened.ts';
import { useSettled } from '../shell/use-settled.ts';
import { MatchersField } from '../silences/matchers-field.tsx';
import { aMatcher, operatorOf, type Matcher } from '../silences/silence.ts';
import { Remove } from './remove.tsx';

type Rule = Schemas['InhibitRule'];
type Document = Schemas['Inhibition'];

const INHIBITION = ['inhibition'] as const;
const SHOWN = 6;

const useInhibition = () =>
  useQuery({
    queryKey: INHIBITION,
    queryFn: ({ signal }) => bodyOf(api.GET('/api/monitoring/inhibition', { signal })),
  });

const setRules = (version: number, rules: readonly Rule[]) =>
  bodyOf(api.PUT('/api/monitoring/inhibition', { body: { version, rules: [...rules] } }));

const named = (matchers: readonly Matcher[]): Matcher[] => matchers.filter(({ name }) => name.trim() !== '');
const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

/** `alertname is ClusterDown and site is eu-1`. */
const matchersText = (matchers: readonly Matcher[]): string =>
  matchers.map((matcher) => `${matcher.name} ${operatorOf(matcher)} ${matcher.value || 'empty'}`).join(' and ');

/** Which unresolved alerts a rule would keep quiet now. */
const Preview = ({ rule }: { readonly rule: Rule }) => {
  const settled = useSettled(rule);
  const isWhole = [settled.source, settled.target].every((matchers) => matchers.some(({ value }) => value !== ''));
  const { data, error } = useQuery({
    queryKey: [...INHIBITION, 'preview', settled],
    queryFn: ({ signal }) =>
      bodyOf(
        api.POST('/api/monitoring/inhibition/preview', {
          body: { rules: [{ ...settled, name: settled.name || 'Preview' }] },
          signal,
        }),
      ),
    enabled: isWhole,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (!isWhole) return <Box color="text-body-secondary">Complete both sides to see which alerts are kept quiet.</Box>;
  if (error) return <Alert type="error">{sentenceOf(error)}</Alert>;
  if (!data) return <Box color="text-body-secondary">Looking…</Box>;
  const { items, inhibited, complete } = data;
  return (
    <div aria-live="polite">
      <b>
        {inhibited === 0
          ? 'It keeps no unresolved alert quiet now.'
          : `It keeps ${countText(inhibited, 'unresolved alert')} quiet now${complete ? '' : ', and maybe more'}.`}
      </b>
      <ul className="plain-list">
        {items.slice(0, SHOWN).map(({ alertId, title, by }) => (
          <li key={alertId} className="wrap clamp">
            {title}, because of {by.title}
          </li>
        ))}
        {inhibited > SHOWN && <li className="soft">And {numberText(inhibited - SHOWN)} more.</li>}
      </ul>
    </div>
  );
};

interface RuleFormProps {
  readonly present: Document;
  /** The place of the rule that is changed; none for a new one. */
  readonly place?: number;
  readonly onClose: () => void;
}

/** Makes a rule, or changes one. All rules are saved together. */
const RuleForm = ({ present, place, onClose }: RuleFormProps) => {
  const opened = useOpened(present);
  const before = place === undefined ? undefined : opened.rules[place];
  const [name, setName] = useState(before?.name ?? '');
  const [source, setSource] = useState<readonly Matcher[]>(before?.source ?? [aMatcher()]);
  const [target, setTarget] = useState<readonly Matcher[]>(before?.target ?? [aMatcher()]);
  const [equal, setEqual] = useState(before?.equal.join(', ') ?? '');
  const rule: Rule = { name: name.trim(), source: named(source), target: named(target), equal: listOf(equal) };
  const save = useAction({
    act: () =>
      setRules(
        opened.version,
        before ? opened.rules.map((each, i) => (i === place ? rule : each)) : [...opened.rules, rule],
      ),
    changes: [INHIBITION, ['alerts']],
    done: () => `The rule ${rule.name} is saved. It holds within a minute.`,
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title={before ? 'Edit the inhibition' : 'Add an inhibition'}
      submit="Save"
      size="large"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onCancel={onClose}
    >
      <Box>While an alert of the first kind is unresolved, nobody is paged for alerts of the second kind.</Box>
      <FieldErrors error={save.error}>
        <TextField
          label="Name"
          missing={rule.name === '' && 'Name the rule.'}
          value={name}
          autoFocus
          placeholder="A cluster that is down explains its nodes"
          stretch
          onChange={setName}
        />
      </FieldErrors>
      <MatchersField
        label="While there is an alert with"
        pointer="/source"
        of="First kind: "
        matchers={source}
        onChange={setSource}
      />
      <MatchersField
        label="Nobody is paged for alerts with"
        pointer="/target"
        of="Second kind: "
        matchers={target}
        onChange={setTarget}
      />
      <TextField
        label="Where both have the same"
        description="Labels with commas, such as cluster, site. Without any, one alert of the first kind keeps all of the second quiet."
        isOptional
        value={equal}
        placeholder="cluster"
        stretch
        onChange={setEqual}
      />
      <Preview rule={rule} />
    </FormModal>
  );
};

type Form = 'new' | { readonly edit: number } | { readonly remove: number };

/** Rules by which an open alert keeps others quiet. */
export const InhibitionRules = () => {
  const mayWrite = useCan()('monitoring.config.update');
  const [form, setForm] = useState<Form>();
  const { data, error, refetch } = useInhibition();
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading text="Loading the rules" />;
  const close = (): void => setForm(undefined);
  const removed = typeof form === 'object' && 'remove' in form ? data.rules[form.remove] : undefined;
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${data.rules.length})`}
          description="While one alert is open, nobody is paged for others that it explains. They are stored and shown, and page when it is over."
          actions={mayWrite && <Button onClick={() => setForm('new')}>Add an inhibition</Button>}
        >
          Inhibition
        </Header>
      }
    >
      {data.rules.length === 0 && (
        <Empty action={mayWrite && <Button onClick={() => setForm('new')}>Add the first inhibition</Button>}>
          No alert keeps others quiet yet.
        </Empty>
      )}
      <ul className="lines">
        {data.rules.map((rule, i) => (
          // A rule has no identity but its place.
          <li key={`rule ${i + 1}`} className="line">
            <div className="wrap">
              <b>{rule.name}</b>
              <Box variant="small" display="block">
                While there is an alert with {matchersText(rule.source)}, nobody is paged for alerts with{' '}
                {matchersText(rule.target)}
                {rule.equal.length > 0 && `, where both have the same ${rule.equal.join(', ')}`}.
              </Box>
            </div>
            {mayWrite && (
              <RowActions
                name={rule.name}
                onEdit={() => setForm({ edit: i })}
                onDelete={() => setForm({ remove: i })}
              />
            )}
          </li>
        ))}
      </ul>
      {form === 'new' && <RuleForm present={data} onClose={close} />}
      {typeof form === 'object' && 'edit' in form && <RuleForm present={data} place={form.edit} onClose={close} />}
      {removed && (
        <Remove
          what="inhibition"
          name={removed.name}
          means="is deleted. Unresolved alerts that it kept quiet page within about a minute."
          changes={INHIBITION}
          act={() =>
            setRules(
              data.version,
              data.rules.filter((each) => each !== removed),
            )
          }
          onClose={close}
        />
      )}
    </Container>
  );
};
