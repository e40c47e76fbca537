import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { Modal } from './modal.tsx';
import { ask, hasUnsaved, useQuestion } from './unsaved.ts';

/** Asks before a link or the back button leaves a page with something that is not saved. A form may change the address of its own page. */
export const BlockLeaving = () => {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation, historyAction }) =>
      (historyAction !== 'REPLACE' || currentLocation.pathname !== nextLocation.pathname) &&
      hasUnsaved({ withSent: historyAction === 'POP' }),
  );
  useEffect(() => {
    if (blocker.state === 'blocked') ask(blocker.proceed, blocker.reset);
  }, [blocker]);
  return null;
};

/** The question before something that is not saved is thrown away. Closing it stays. */
export const Leave = () => {
  const question = useQuestion();
  if (!question) return null;
  return (
    <Modal
      visible
      header="Leave without saving?"
      closeAriaLabel="Stay"
      onDismiss={question.onStay}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={question.onLeave}>
              Leave
            </Button>
            <Button variant="primary" onClick={question.onStay}>
              Stay
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <Box>{question.loss}</Box>
    </Modal>
  );
};
