import Box from '@cloudscape-design/components/box';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { Modal } from '../shell/modal.tsx';

const KEYS = [
  ['j', 'Next alert'],
  ['k', 'Alert before'],
  ['a', 'Acknowledge'],
  ['r', 'Resolve'],
  ['s', 'Snooze for an hour'],
  ['x', 'Select, to act on several'],
  ['/', 'Filter'],
  ['q', 'Find by a query'],
  ['Esc', 'Close the alert'],
] as const;

/** The keys of the page of alerts. */
export const KeyHelp = ({ onClose }: { readonly onClose: () => void }) => (
  <Modal visible header="Keys" closeAriaLabel="Close" onDismiss={onClose}>
    <KeyValuePairs
      columns={2}
      items={KEYS.map(([key, does]) => ({ label: does, value: <Box variant="code">{key}</Box> }))}
    />
  </Modal>
);
