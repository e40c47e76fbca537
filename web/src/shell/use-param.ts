import { useSearchParams } from 'react-router';

/** A part of the address, so that a link shows the same. The usual value leaves the address short. */
export const useParam = (name: string, usual = ''): readonly [value: string, set: (value: string) => void] => {
  const [params, setParams] = useSearchParams();
  return [
    params.get(name) ?? usual,
    (value) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (value === usual) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
  ];
};
