import Button from '@cloudscape-design/components/button';
import SplitPanel from '@cloudscape-design/components/split-panel';
import { useContext, useEffect, useId, useRef, type ReactNode } from 'react';
import { ClosePanelContext } from './panel.ts';
import { Notices } from './notices.tsx';
import { useIsNarrow } from './use-is-narrow.ts';

interface SidePanelProps {
  /** What it shows, such as `Alert`. */
  readonly title: string;
  /** What can be done, within reach of the thumb. A page with room for both has it elsewhere. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

const wordsFor = (title: string) => ({
  closeButtonAriaLabel: `Close the ${title.toLowerCase()}`,
  openButtonAriaLabel: `Open the ${title.toLowerCase()}`,
  resizeHandleAriaLabel: `Resize the ${title.toLowerCase()}`,
});

/** The whole of a phone: title and way back stay at the top, actions at the bottom, and what lies between is scrolled. */
const Sheet = ({ title, actions, children }: SidePanelProps) => {
  const close = useContext(ClosePanelContext);
  const id = useId();
  const back = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const origin = document.activeElement;
    back.current?.querySelector('button')?.focus({ preventScroll: true });
    return () => {
      if (origin instanceof HTMLElement && origin.isConnected) origin.focus({ preventScroll: true });
    };
  }, []);
  return (
    <section className="sheet" aria-labelledby={id}>
      <div className="sheet-head" ref={back}>
        <Button iconName="arrow-left" variant="icon" ariaLabel={wordsFor(title).closeButtonAriaLabel} onClick={close} />
        <h1 id={id}>{title}</h1>
      </div>
      <Notices />
      <div className="sheet-body">{children}</div>
      {actions !== undefined && <div className="sheet-foot">{actions}</div>}
    </section>
  );
};

/** What a list shows of one of its rows: beside it or below it, and over it on a phone. */
export const SidePanel = (props: SidePanelProps) => {
  const isNarrow = useIsNarrow();
  if (isNarrow) return <Sheet {...props} />;
  return (
    <SplitPanel header={props.title} closeBehavior="hide" hidePreferencesButton i18nStrings={wordsFor(props.title)}>
      {props.children}
    </SplitPanel>
  );
};
