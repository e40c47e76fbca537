import Box from '@cloudscape-design/components/box';
import { FormModal } from '../shell/form-modal.tsx';
import { useAction } from '../shell/use-action.ts';

interface RemoveProps {
  readonly what: string;
  readonly name: string;
  /** What follows from it. */
  readonly means: string;
  readonly changes: readonly string[];
  readonly act: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks before something is deleted, and explains a refusal. */
export const Remove = ({ what, name, means, changes, act, onClose }: RemoveProps) => {
  const remove = useAction({
    act,
    changes: [changes],
    done: () => `The ${what} ${name} is deleted.`,
    then: onClose,
    showsErrors: true,
  });
  return (
    <FormModal
      title={`Delete the ${what}`}
      submit="Delete"
      isBusy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate()}
      onCancel={onClose}
    >
      <Box>
        <b className="wrap">{name}</b> {means}
      </Box>
    </FormModal>
  );
};
