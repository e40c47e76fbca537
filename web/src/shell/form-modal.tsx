import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import type { ModalProps } from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useId, type ReactNode } from 'react';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { Modal } from './modal.tsx';
import { Submit, SubmitForm } from './submit-form.tsx';
import { ask, leaveForm } from './unsaved.ts';

/** True where the change follows a version that is no longer the present one. */
const isOvertaken = (error: unknown): boolean =>
  error instanceof Refusal && error.status === 409 && error.code.endsWith('.changed');

interface FormModalProps {
  readonly title: string;
  readonly submit: string;
  readonly isBusy: boolean;
  readonly error?: unknown;
  /** Offered where somebody else was faster: saves on top of their change. */
  readonly onOverrule?: () => void;
  /** Set where it shows something this once: what is lost by leaving. Then it has no Cancel, and leaving always asks. */
  readonly shownOnce?: string;
  readonly size?: ModalProps.Size;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

/** A form over the page. Enter submits it. A refusal is shown above its fields, which keep what was typed. Leaving asks where something was typed. */
export const FormModal = ({
  title,
  submit,
  isBusy,
  error,
  onOverrule,
  shownOnce,
  size = 'medium',
  onSubmit,
  onCancel,
  children,
}: FormModalProps) => {
  const id = useId();
  const cancel = (): void =>
    shownOnce === undefined ? leaveForm(id, onCancel) : ask(onCancel, () => undefined, shownOnce);
  return (
    <Modal
      visible
      header={title}
      size={size}
      closeAriaLabel="Close"
      // A tap beside the form throws away nothing.
      onDismiss={({ detail }) => {
        if (detail.reason !== 'overlay') cancel();
      }}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {shownOnce === undefined && (
              <Button variant="link" onClick={cancel}>
                Cancel
              </Button>
            )}
            <Submit form={id} loading={isBusy}>
              {submit}
            </Submit>
          </SpaceBetween>
        </Box>
      }
    >
      <SubmitForm id={id} isBusy={isBusy} onSubmit={onSubmit}>
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
};
