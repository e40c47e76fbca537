import { useEffect, useState } from 'react';

const TYPED_MS = 350;

/** A value that has stayed the same for a moment, so that nothing is asked at each key. */
export const useSettled = <T>(value: T): T => {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
};
