import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { Phases } from '../charts/phases.tsx';
import type { Schemas } from '../api/client.ts';
import { sentenceOf } from '../api/refusal.ts';
import { msText, valueText } from '../shell/figures.ts';

export type Tried = Schemas['TryCheckAnswer'];

/** What a check found once. */
export const TriedResult = ({ tried: { ok, reason, durationMs, phases, series } }: { readonly tried: Tried }) => (
  <SpaceBetween size="s">
    <StatusIndicator type={ok ? 'success' : 'error'}>
      <span className="wrap">
        {ok ? 'Up' : 'Down'}: {reason}
      </span>
    </StatusIndicator>
    <Box>
      It took <b>{msText(durationMs)}</b>.
    </Box>
    {phases && <Phases times={phases} />}
    {series.length > 0 && (
      <ul className="lines">
        {series.map(({ name, value, unit }, i) => (
          <li key={`${name} ${i + 1}`} className="line">
            <code className="wrap">{name}</code>
            <b>{valueText(value, unit)}</b>
          </li>
        ))}
      </ul>
    )}
  </SpaceBetween>
);

interface TryCardProps {
  readonly tried: Tried | undefined;
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly isReady: boolean;
  readonly onTry: () => void;
}

/** Tries the check as it is in the form, before it is saved. */
export const TryCard = ({ tried, error, isBusy, isReady, onTry }: TryCardProps) => (
  <Container header={<Header variant="h2">Try it first</Header>}>
    <SpaceBetween size="m">
      <Box color="text-body-secondary">
        The check runs once, from where Tocsin runs. Nothing is stored, and nobody is notified.
      </Box>
      <Button
        formAction="none"
        disabled={!isReady}
        disabledReason="Say first what to check."
        loading={isBusy}
        onClick={onTry}
      >
        Try the check
      </Button>
      <div aria-live="polite">
        {error !== undefined && error !== null && <Alert type="error">{sentenceOf(error)}</Alert>}
        {tried && !isBusy && <TriedResult tried={tried} />}
      </div>
    </SpaceBetween>
  </Container>
);
