import Box from '@cloudscape-design/components/box';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { FormModal } from '../shell/form-modal.tsx';
import { notify } from '../shell/notices.tsx';
import { DONE, send, type Act } from './use-act.ts';
import { numberText } from '../shell/figures.ts';

const DOES: Readonly<Record<Act['kind'], string>> = {
  acknowledge: 'Acknowledge',
  unacknowledge: 'Open again',
  resolve: 'Resolve',
  snooze: 'Snooze',
  assign: 'Assign',
};

interface ActOnAllProps {
  readonly act: Act;
  /** What the alerts match, in the language of queries. */
  readonly query: string;
  readonly onClose: () => void;
}

/** Does the same to everything that matches, many in a request, also to what was never loaded. */
export const ActOnAll = ({ act, query, onClose }: ActOnAllProps) => {
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [done, setDone] = useState(0);
  const [error, setError] = useState<unknown>();
  const isStopped = useRef(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    let [changed, refused] = [done, 0];
    try {
      let cursor: string | null | undefined;
      do {
        const { items, next } = await send({ query, ...(cursor && { cursor }) }, act);
        changed += items.filter((each) => each.done !== null).length;
        refused += items.filter((each) => each.refused !== null).length;
        setDone(changed);
        cursor = next;
      } while (cursor && !isStopped.current);
      const rest = refused === 0 ? '' : ` ${numberText(refused)} stay as they were.`;
      if (changed === 1) notify('success', `1 alert is ${DONE[act.kind]}.${rest}`);
      else notify('success', `${numberText(changed)} alerts are ${DONE[act.kind]}.${rest}`);
      onClose();
    } catch (problem) {
      // What was sent twice changes nothing the second time, so it can be tried again.
      setError(problem);
      setBusy(false);
    } finally {
      void queries.invalidateQueries({ queryKey: ['alerts'] });
    }
  };
  return (
    <FormModal
      title={`${DOES[act.kind]} all that match`}
      submit={error === undefined ? DOES[act.kind] : 'Go on'}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run()}
      onCancel={() => {
        isStopped.current = true;
        onClose();
      }}
    >
      <Box>Every alert that matches, also those that are not loaded and those that come meanwhile:</Box>
      <Box variant="code">
        <span className="wrap">{query}</span>
      </Box>
      <div aria-live="polite">{isBusy && `${numberText(done)} so far. Cancel stops after this request.`}</div>
    </FormModal>
  );
};
