import { createContext, useContext, useEffect, useRef, type ReactNode } from 'react';

export interface Panel {
  readonly content: ReactNode;
  /** The person has closed it. */
  readonly onClose: () => void;
}

/** What the button that closes a panel does. */
export const ClosePanelContext = createContext<() => void>(() => undefined);

export const PanelContext = createContext<(panel: Panel | undefined) => void>(() => undefined);

/** Shows a panel beside or below the page: the one that `key` names, none for an empty key. It goes with the page. */
export const usePanel = (key: string, content: (key: string) => ReactNode, onClose: () => void): void => {
  const show = useContext(PanelContext);
  const latest = useRef({ content, onClose });
  useEffect(() => {
    latest.current = { content, onClose };
  });
  useEffect(() => {
    show(key === '' ? undefined : { content: latest.current.content(key), onClose: () => latest.current.onClose() });
  }, [key, show]);
  useEffect(() => () => show(undefined), [show]);
};
