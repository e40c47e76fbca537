import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import type { ModalProps } from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { Modal } from './modal.tsx';
import { SubmitForm } from './submit-form.tsx';

/** True where the change follows a version that is no longer the present one. */
const isOvertaken = (error: unknown): boolean =>
  error instanceof Refusal && error.status === 409 && error.code.endsWith('.changed');

interface FormModalProps {
  readonly title: string;
  readonly submit: string;
  readonly isBusy: boolean;
  readonly isReady?: boolean;
  readonly error?: unknown;
  /** Offered where somebody else was faster: saves on top of their change. */
  readonly onOverrule?: () => void;
  readonly size?: ModalProps.Size;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

/** A form over the page. Enter submits it. A refusal is shown above its fields, which keep what was typed. */
export const FormModal = ({
  title,
  submit,
  isBusy,
  isReady = true,
  error,
  onOverrule,
  size = 'medium',
  onSubmit,
  onCancel,
  children,
}: FormModalProps) => (
  <Modal
    visible
    header={title}
    size={size}
    closeAriaLabel="Close"
    // A tap beside the form throws away nothing.
    onDismiss={({ detail }) => {
      if (detail.reason !== 'overlay') onCancel();
    }}
    footer={
      <Box float="right">
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" onClick={onCancel}>
            Cancel
          </Button>
          <Button variant="primary" loading={isBusy} disabled={!isReady} onClick={onSubmit}>
            {submit}
          </Button>
        </SpaceBetween>
      </Box>
    }
  >
    <SubmitForm isReady={isReady} isBusy={isBusy} onSubmit={onSubmit}>
      <SpaceBetween size="l">
        {error !== undefined && error !== null && (
          <Alert
            type="error"
            action={
              isOvertaken(error) &&
              onOverrule && (
                <Button formAction="none" onClick={onOverrule}>
                  Save mine on top
                </Button>
              )
            }
          >
            {sentenceOf(error)}
          </Alert>
        )}
        {children}
      </SpaceBetween>
    </SubmitForm>
  </Modal>
);
