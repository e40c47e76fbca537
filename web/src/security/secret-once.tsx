import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { Modal } from '../shell/modal.tsx';

interface SecretOnceProps {
  readonly title: string;
  readonly secret: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** A secret that is shown this once. */
export const SecretOnce = ({ title, secret, children, onClose }: SecretOnceProps) => (
  <Modal
    visible
    header={title}
    closeAriaLabel="Close"
    onDismiss={onClose}
    footer={
      <Box float="right">
        <Button variant="primary" onClick={onClose}>
          I have stored it
        </Button>
      </Box>
    }
  >
    <SpaceBetween size="m">
      <Alert type="warning">It is shown once. Copy it before you close this.</Alert>
      <div>{children}</div>
      <div className="secret">
        <CopyToClipboard
          variant="inline"
          textToCopy={secret}
          copyButtonAriaLabel="Copy"
          copySuccessText="Copied"
          copyErrorText="The browser did not copy it. Mark it and copy it by hand."
        />
      </div>
    </SpaceBetween>
  </Modal>
);
