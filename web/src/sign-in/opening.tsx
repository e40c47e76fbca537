import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useIsLost } from '../session/use-session.ts';
import { Gate } from './gate.tsx';

/** Shown until it is known whether the browser holds a session. */
export const Opening = () => (
  <Gate>
    <Box textAlign="center">
      {useIsLost() ? (
        <StatusIndicator type="warning">Tocsin does not answer. Trying again every few seconds.</StatusIndicator>
      ) : (
        <StatusIndicator type="loading">Opening Tocsin</StatusIndicator>
      )}
    </Box>
  </Gate>
);
