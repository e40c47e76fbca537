import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCan } from '../session/use-session.ts';
import type { Act } from './use-act.ts';
import type { Alert } from './use-alerts.ts';

export const HOUR_SECONDS = 3_600;

const SNOOZES: Readonly<Record<string, number>> = {
  '15 minutes': 900,
  '1 hour': HOUR_SECONDS,
  '4 hours': 4 * HOUR_SECONDS,
  '1 day': 24 * HOUR_SECONDS,
  '1 week': 7 * 24 * HOUR_SECONDS,
};

interface ActionsProps {
  readonly alerts: readonly Alert[];
  readonly isNarrow: boolean;
  readonly onAct: (act: Act) => void;
  readonly onAssign: () => void;
  readonly onSilence: () => void;
}

/** What may be done with the selected alerts. What the role of the person does not allow is left out. */
export const Actions = ({ alerts, isNarrow, onAct, onAssign, onSilence }: ActionsProps) => {
  const can = useCan();
  const mayAcknowledge = can('monitoring.alert.acknowledge');
  const isOpen = alerts.some(({ status }) => status === 'open');
  const isUnresolved = alerts.some(({ status }) => status !== 'resolved');
  const none = alerts.length === 0 ? 'Select alerts first.' : undefined;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {mayAcknowledge && (
        <Button
          variant="primary"
          disabled={!isOpen}
          disabledReason={none ?? 'Somebody has acknowledged it, or it is resolved.'}
          onClick={() => onAct({ kind: 'acknowledge' })}
        >
          Acknowledge
        </Button>
      )}
      {can('monitoring.alert.resolve') && (
        <Button
          disabled={!isUnresolved}
          disabledReason={none ?? 'It is resolved.'}
          onClick={() => onAct({ kind: 'resolve' })}
        >
          Resolve
        </Button>
      )}
      {mayAcknowledge && (
        <ButtonDropdown
          disabled={!isUnresolved}
          disabledReason={none ?? 'It is resolved.'}
          expandToViewport
          items={[
            {
              id: 'snooze',
              text: 'Snooze for',
              items: Object.keys(SNOOZES).map((text) => ({ id: `snooze ${text}`, text })),
            },
            { id: 'assign', text: 'Assign' },
            { id: 'silence', text: 'Silence' },
            { id: 'unacknowledge', text: 'Open again' },
          ]}
          onItemClick={({ detail: { id } }) => {
            const durationSeconds = SNOOZES[id.replace(/^snooze /, '')];
            if (durationSeconds !== undefined) onAct({ kind: 'snooze', durationSeconds });
            else if (id === 'assign') onAssign();
            else if (id === 'silence') onSilence();
            else onAct({ kind: 'unacknowledge' });
          }}
        >
          {isNarrow ? 'More' : 'More actions'}
        </ButtonDropdown>
      )}
    </SpaceBetween>
  );
};
