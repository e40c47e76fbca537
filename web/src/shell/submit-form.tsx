import Button from '@cloudscape-design/components/button';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode, type SubmitEvent } from 'react';
import { focusMissing, IsAsked } from './missing.ts';
import { useUnsaved } from './unsaved.ts';

const SUBMITS = { 'data-submits': '' };

/** True for Enter in a field and for `Submit`. Another button within the form does what it says, and submits nothing. */
const isSubmitted = ({ nativeEvent, target, currentTarget }: SubmitEvent): boolean => {
  const { submitter = null } = nativeEvent as globalThis.SubmitEvent;
  // A form over the page is within this one for React.
  return target === currentTarget && (submitter === null || submitter.hasAttribute('data-submits'));
};

/** Lists and calendars are no fields of the browser, so a choice in them is no change of the form. */
const isChoice = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('[role="option"], [role="gridcell"]') !== null;
const isChosen = ({ key, target }: KeyboardEvent): boolean =>
  (key === 'Enter' || key === ' ') &&
  (isChoice(target) || (target instanceof Element && target.closest('[aria-activedescendant]') !== null));

interface SubmitFormProps {
  readonly id?: string;
  readonly isBusy?: boolean;
  /** Whether there is something to save, where the form knows it. Otherwise it is what was typed and chosen. */
  readonly isChanged?: boolean;
  readonly className?: string;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

/**
 * The one form of the console: Enter in a field submits it, and so does `Submit`. Buttons of Cloudscape submit the form around them
 * unless told otherwise; here they never do. While a field lacks something, submitting leads there and sends nothing. What was typed is not
 * thrown away unasked.
 */
export const SubmitForm = ({
  id: given,
  isBusy = false,
  isChanged,
  className,
  onSubmit,
  children,
}: SubmitFormProps) => {
  const own = useId();
  const form = useRef<HTMLFormElement>(null);
  const [isTyped, setTyped] = useState(false);
  const [asked, setAsked] = useState(0);
  useUnsaved(given ?? own, isChanged ?? isTyped, isBusy);
  useEffect(() => {
    if (asked > 0 && form.current) focusMissing(form.current);
  }, [asked]);
  const touch = (): void => setTyped(true);
  return (
    <form
      ref={form}
      id={given ?? own}
      className={className}
      // The fields say themselves what is wrong, in our words.
      noValidate
      onChange={touch}
      onMouseUp={({ target }) => {
        if (isChoice(target)) touch();
      }}
      onKeyDown={(event) => {
        if (isChosen(event)) touch();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSubmitted(event) || isBusy) return;
        if (event.currentTarget.querySelector('[data-missing]')) setAsked(asked + 1);
        else onSubmit();
      }}
    >
      {/* Enter presses the first button that submits, and this one is always there. */}
      <button type="submit" hidden aria-hidden="true" tabIndex={-1} {...SUBMITS} />
      <IsAsked value={asked > 0}>{children}</IsAsked>
    </form>
  );
};

interface SubmitProps {
  readonly variant?: 'primary' | 'normal';
  /** The id of the form, for a button that is not within it. */
  readonly form?: string;
  readonly loading?: boolean;
  readonly loadingText?: string;
  readonly children: ReactNode;
}

/** The button that submits the form around it. It is never grey: what is missing is shown when it is pressed. */
export const Submit = ({ variant = 'primary', children, ...more }: SubmitProps) => (
  <Button variant={variant} formAction="submit" nativeButtonAttributes={SUBMITS} {...more}>
    {children}
  </Button>
);
