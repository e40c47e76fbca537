import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';

interface EmptyProps {
  /** The one button that goes on, for those who may press it. */
  readonly action?: ReactNode;
  /** One sentence. */
  readonly children: ReactNode;
}

/** A list in which nothing is: one sentence, and the one button that goes on. */
export const Empty = ({ action, children }: EmptyProps) => (
  <Box textAlign="center" padding="l">
    <SpaceBetween size="s">
      <Box color="text-body-secondary">{children}</Box>
      {action}
    </SpaceBetween>
  </Box>
);
