import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';

/** Shown while a page, or its data, is on its way. */
export const Loading = ({ text = 'Loading' }: { readonly text?: string }) => (
  <Box padding="xl" textAlign="center">
    <StatusIndicator type="loading">{text}</StatusIndicator>
  </Box>
);
