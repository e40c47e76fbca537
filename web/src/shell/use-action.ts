import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { sentenceOf } from '../api/refusal.ts';
import { notify } from './notices.tsx';

interface Action<Input, Result> {
  readonly act: (input: Input) => Promise<Result>;
  /** What is read again afterwards, also after a refusal, which may mean that somebody was faster. */
  readonly changes: readonly QueryKey[];
  readonly done?: (result: Result, input: Input) => string | undefined;
  readonly then?: (result: Result, input: Input) => void;
  /** True where the form shows the refusal by itself. */
  readonly showsErrors?: boolean;
}

/** Something that a person does: it is announced when it is done, explained when it is refused, and the page is read again. */
export const useAction = <Input = void, Result = unknown>({
  act,
  changes,
  done,
  then,
  showsErrors = false,
}: Action<Input, Result>) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (result, input) => {
      const sentence = done?.(result, input);
      if (sentence !== undefined) notify('success', sentence);
      then?.(result, input);
    },
    onError: (error) => {
      if (!showsErrors) notify('error', sentenceOf(error));
    },
    onSettled: () => Promise.all(changes.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
};
