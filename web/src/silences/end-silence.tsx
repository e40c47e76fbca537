import Box from '@cloudscape-design/components/box';
import { api, bodyOf } from '../api/client.ts';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';
import { Matchers } from './matchers.tsx';
import { SILENCES, type Silence } from './silence.ts';

/** Asks before a silence ends early. */
export const EndSilence = ({ silence, onClose }: { readonly silence: Silence; readonly onClose: () => void }) => {
  const end = useAction({
    act: () => bodyOf(api.DELETE('/api/monitoring/silences/{id}', { params: { path: { id: silence.id } } })),
    changes: [SILENCES, ['alerts']],
    done: () => 'The silence has ended. What is unresolved rings within a minute.',
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title="End the silence"
      submit="End it"
      isBusy={end.isPending}
      error={end.error}
      onSubmit={() => end.mutate()}
      onCancel={onClose}
    >
      <Matchers matchers={silence.matchers} />
      <Box>
        {silence.state === 'pending'
          ? 'It never begins.'
          : 'Unresolved alerts that it mutes ring within a minute, and people are paged.'}
      </Box>
    </FormModal>
  );
};
