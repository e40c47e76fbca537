import { useSearchParams } from 'react-router';

type Set = (value: string, options?: { readonly isStep?: boolean }) => void;

/**
 * A part of the address, so that a link shows the same. The usual value leaves the address short. With `isStep` the back button leads to what
 * was shown before.
 */
export const useParam = (name: string, usual = ''): readonly [value: string, set: Set] => {
  const [params, setParams] = useSearchParams();
  return [
    params.get(name) ?? usual,
    (value, { isStep = false } = {}) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (value === usual) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: !isStep },
      ),
  ];
};
