import CloudscapeModal, { type ModalProps } from '@cloudscape-design/components/modal';
import { useEffect, useState } from 'react';

/** The focus returns to where it was when this part is gone, unless something else has it by then. */
const useReturnFocus = (): void => {
  // Before the modal takes it.
  const [origin] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      const isNowhere = document.activeElement === null || document.activeElement === document.body;
      if (isNowhere && origin instanceof HTMLElement && origin.isConnected) origin.focus();
    },
    [origin],
  );
};

/** A field that offers words opens its list as it gets the focus, over the fields below it, so it comes second. */
const FIELDS = [
  'input:not([type=hidden]):not([readonly]):not([role=combobox]), textarea, button[aria-haspopup]',
  '[role=combobox]',
  'button:not([hidden])',
];

/** Cloudscape focuses the button that closes, where a space would throw away what is typed. The first field is what a person came for. */
const focusField = (content: HTMLElement | null): void => {
  if (!content) return;
  requestAnimationFrame(() => {
    for (const kind of FIELDS) {
      const field = content.querySelector<HTMLElement>(kind);
      if (field) return field.focus();
    }
  });
};

/** Something over the page. It is shown by being there. */
export const Modal = ({ children, ...props }: ModalProps) => {
  useReturnFocus();
  return (
    <CloudscapeModal {...props}>
      <div ref={focusField}>{children}</div>
    </CloudscapeModal>
  );
};
