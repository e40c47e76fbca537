import { useEffect } from 'react';

/** What may be wider than its place and is scrolled by itself. Of a table that is the frame around it. */
const WIDE = 'table, pre, .board, .graph, .heat, .sideways';
/** Texts that are cut where there is no room. */
const CUT = '.clamp, .view-name, .tab-title, .graph-node span';
const EVERY_MS = 200;

/** The element that scrolls sideways: this one, or the one around it. */
const scrollerOf = (element: Element): Element | undefined =>
  [element, element.parentElement].find(
    (each): each is Element => each !== null && /auto|scroll/.test(getComputedStyle(each).overflowX),
  );

/** On which sides more is hidden. */
const sidesOf = ({ scrollWidth, clientWidth, scrollLeft }: Element): string =>
  [Math.abs(scrollLeft) > 1 && 'start', scrollWidth - clientWidth - Math.abs(scrollLeft) > 1 && 'end']
    .filter(Boolean)
    .join(' ');

const mark = (element: Element): void => {
  const sides = sidesOf(element);
  if (element.getAttribute('data-more') === (sides || null)) return;
  if (sides === '') element.removeAttribute('data-more');
  else element.setAttribute('data-more', sides);
};

/** A text that is cut says all of it to a pointer that rests on it. */
const sayWhole = ({ target }: Event): void => {
  const text = target instanceof Element ? target.closest<HTMLElement>(CUT) : null;
  if (!text || (text.title !== '' && text.dataset['whole'] === undefined)) return;
  const isCut = text.scrollHeight > text.clientHeight + 1 || text.scrollWidth > text.clientWidth + 1;
  if (isCut) {
    text.title = text.innerText;
    text.dataset['whole'] = '';
  } else if (text.dataset['whole'] !== undefined) {
    text.removeAttribute('title');
    delete text.dataset['whole'];
  }
};

/** Whatever is wider than its place shows by fading edges that it scrolls, and texts that are cut can be read whole. */
export const useSigns = (): void => {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      timer = undefined;
      const scrollers = new Set([...document.querySelectorAll(WIDE)].map(scrollerOf));
      for (const each of scrollers) if (each) mark(each);
    };
    const lookSoon = (): void => void (timer ??= setTimeout(look, EVERY_MS));
    const scrolled = ({ target }: Event): void => {
      if (target instanceof Element && target.hasAttribute('data-more')) mark(target);
      else lookSoon();
    };
    const changes = new MutationObserver(lookSoon);
    changes.observe(document.body, { childList: true, subtree: true, characterData: true });
    window.addEventListener('resize', lookSoon);
    document.addEventListener('scroll', scrolled, { capture: true, passive: true });
    document.addEventListener('pointerover', sayWhole);
    lookSoon();
    return () => {
      clearTimeout(timer);
      changes.disconnect();
      window.removeEventListener('resize', lookSoon);
      document.removeEventListener('scroll', scrolled, { capture: true });
      document.removeEventListener('pointerover', sayWhole);
    };
  }, []);
};
