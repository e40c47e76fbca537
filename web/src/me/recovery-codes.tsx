import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { FormModal } from '../shell/form-modal.tsx';
import { saveFile } from '../shell/save-file.ts';

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}

/** The recovery codes, once. */
export const RecoveryCodes = ({ codes, onClose }: RecoveryCodesProps) => (
  <FormModal
    title="Recovery codes"
    submit="I have saved them"
    shownOnce="The recovery codes are not shown again."
    isBusy={false}
    onSubmit={onClose}
    onCancel={onClose}
  >
    <Box>
      Each signs you in once when your phone is gone. They are shown only now: print them, or put them in your password
      manager.
    </Box>
    <ul className="recovery-codes">
      {codes.map((code) => (
        <li key={code}>{code}</li>
      ))}
    </ul>
    <SpaceBetween direction="horizontal" size="xs">
      <CopyToClipboard
        copyButtonText="Copy"
        textToCopy={codes.join('\n')}
        copySuccessText="Copied"
        copyErrorText="The browser does not allow it. Write the codes down."
      />
      <Button
        formAction="none"
        iconName="download"
        onClick={() => saveFile('tocsin-recovery-codes.txt', 'text/plain', `${codes.join('\n')}\n`)}
      >
        Save as a file
      </Button>
    </SpaceBetween>
  </FormModal>
);
