import Button from '@cloudscape-design/components/button';
import type { ReactNode, SubmitEvent } from 'react';

const SUBMITS = { 'data-submits': '' };

/** True for Enter in a field and for `Submit`. Another button within the form does what it says, and submits nothing. */
const isSubmitted = ({ nativeEvent }: SubmitEvent): boolean => {
  const { submitter = null } = nativeEvent as globalThis.SubmitEvent;
  return submitter === null || submitter.hasAttribute('data-submits');
};

interface SubmitFormProps {
  /** False where Enter must do nothing yet. */
  readonly isReady?: boolean;
  readonly isBusy?: boolean;
  readonly className?: string;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

/**
 * The one form of the console: Enter in a field submits it, and so does `Submit`. Buttons of Cloudscape submit the form around them
 * unless told otherwise; here they never do.
 */
export const SubmitForm = ({ isReady = true, isBusy = false, className, onSubmit, children }: SubmitFormProps) => (
  <form
    className={className}
    onSubmit={(event) => {
      event.preventDefault();
      if (isSubmitted(event) && isReady && !isBusy) onSubmit();
    }}
  >
    {/* Enter presses the first button that submits, and this one is always there. */}
    <button type="submit" hidden aria-hidden="true" tabIndex={-1} {...SUBMITS} />
    {children}
  </form>
);

interface SubmitProps {
  readonly variant?: 'primary' | 'normal';
  readonly loading?: boolean;
  readonly loadingText?: string;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

/** The button that submits the form around it. */
export const Submit = ({ variant = 'primary', children, ...more }: SubmitProps) => (
  <Button variant={variant} formAction="submit" nativeButtonAttributes={SUBMITS} {...more}>
    {children}
  </Button>
);
