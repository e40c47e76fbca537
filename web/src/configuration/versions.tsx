import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useAction } from '../shell/use-action.ts';
import { CONFIG, useDifferences, useVersions, type Version } from './use-config.ts';
import { pointerWords } from './words.ts';

const shown = (value: unknown): string =>
  value === null || value === undefined ? 'nothing' : typeof value === 'object' ? JSON.stringify(value) : String(value);

const Differences = ({ version }: { readonly version: number }) => {
  const { data, error, refetch } = useDifferences(version);
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  if (data.changes.length === 0) return <Box color="text-body-secondary">Nothing changed.</Box>;
  return (
    <ul className="lines">
      {data.changes.map(({ pointer, before, after }) => (
        <li key={pointer} className="wrap">
          <b>{pointerWords(pointer)}</b>: <del>{shown(before)}</del> → <ins>{shown(after)}</ins>
        </li>
      ))}
    </ul>
  );
};

interface RollBackProps {
  readonly present: number;
  readonly to: number;
  readonly onClose: () => void;
}

const RollBack = ({ present, to, onClose }: RollBackProps) => {
  const [note, setNote] = useState('');
  const rollBack = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/monitoring/config/rollback', {
          body: { version: present, to, ...(note.trim() !== '' && { note }) },
        }),
      ),
    changes: [CONFIG],
    done: () => `The settings of version ${to} are in force again.`,
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title={to === 0 ? 'Go back to the defaults' : `Go back to version ${to}`}
      submit="Go back"
      isBusy={rollBack.isPending}
      error={rollBack.error}
      onSubmit={() => rollBack.mutate()}
      onCancel={onClose}
    >
      <Box>It becomes version {present + 1}. No version is lost.</Box>
      <FormField label="Why">
        <Input
          value={note}
          autoFocus
          placeholder="The new thresholds woke everybody"
          onChange={({ detail }) => setNote(detail.value)}
        />
      </FormField>
    </FormModal>
  );
};

interface OneProps {
  readonly version: Version;
  readonly isPresent: boolean;
  readonly onRollBack?: () => void;
}

const One = ({ version: { version, changedAt, changedBy, note, restores }, isPresent, onRollBack }: OneProps) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="version">
      <div className="line">
        <div className="wrap">
          <b>Version {version}</b>
          {isPresent && ' · in force'}
          <Box variant="small" display="block">
            {changedAt !== null && <Instant at={changedAt} />} by {changedBy?.name ?? 'nobody'}
            {restores !== null && ` · the settings of version ${restores} again`}
          </Box>
          {note !== null && <div>{note}</div>}
        </div>
        {onRollBack && (
          <Button ariaLabel={`Go back to version ${version}`} onClick={onRollBack}>
            Go back
          </Button>
        )}
      </div>
      <ExpandableSection
        headerText="What changed"
        headerAriaLabel={`What changed in version ${version}`}
        expanded={isOpen}
        onChange={({ detail }) => setOpen(detail.expanded)}
      >
        {isOpen && <Differences version={version} />}
      </ExpandableSection>
    </li>
  );
};

/** Every version of the settings, what it changed, and the way back. */
export const Versions = () => {
  const mayChange = useCan()('monitoring.config.update');
  const [to, setTo] = useState<number>();
  const { data, error, refetch } = useVersions();
  if (!data) {
    return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading text="Loading the versions" />;
  }
  const present = data.items[0]?.version ?? 0;
  if (present === 0) {
    return <Box color="text-body-secondary">The defaults are in force. Nobody has changed a setting yet.</Box>;
  }
  return (
    <SpaceBetween size="l">
      <ul className="lines">
        {data.items.map((each) => (
          <One
            key={each.version}
            version={each}
            isPresent={each.version === present}
            {...(mayChange && each.version !== present && { onRollBack: () => setTo(each.version) })}
          />
        ))}
      </ul>
      {mayChange && <Button onClick={() => setTo(0)}>Go back to the defaults</Button>}
      {to !== undefined && <RollBack present={present} to={to} onClose={() => setTo(undefined)} />}
    </SpaceBetween>
  );
};
