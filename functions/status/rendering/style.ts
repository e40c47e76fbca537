import { PAPER, readableOn, type Colour } from '../pages/colour.ts';

const DEFAULT_COLOUR: Colour = '#0b57d0';

/** Every pair of colours that carries text has a contrast of at least 4.5 to 1, by day and by night. */
const LIGHT =
  '--ink:#16181d;--soft:#565b66;--paper:#fff;--line:#dfe2e8;' +
  '--operational:#11743a;--unknown:#5d6470;--maintenance:#0b5cad;--degraded:#8a5a00;--partial_outage:#b4450b;--major_outage:#b3141f;--bar:#3bb26a';
const DARK =
  '--ink:#eceef2;--soft:#a7adb9;--paper:#14161a;--line:#30343d;' +
  '--operational:#5fd38d;--unknown:#a7adb9;--maintenance:#7db7ff;--degraded:#f0b849;--partial_outage:#ff9d66;--major_outage:#ff8a8a;--bar:#3c9d63';

const RULES =
  '*{box-sizing:border-box}body{margin:0;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:var(--ink);background:var(--paper);-webkit-text-size-adjust:100%}' +
  '.wrap{max-width:50rem;margin:0 auto;padding:0 1.25rem}main.wrap{padding-bottom:3.5rem}' +
  'h1,h2,h3,p,ul,ol,figure{margin:0}ul,ol{padding:0;list-style:none}main,header{overflow-wrap:anywhere}' +
  'a{color:var(--brand);text-underline-offset:.15em}a:hover{text-decoration-thickness:.125em}' +
  ':focus-visible{outline:.1875rem solid var(--brand);outline-offset:.1875rem;border-radius:.25rem}' +
  'header{border-top:.25rem solid var(--brand)}header .wrap{display:flex;align-items:center;gap:.75rem;padding-top:1.5rem;padding-bottom:1.5rem}' +
  'header img{max-height:2.5rem;max-width:10rem}h1{font-size:1.25rem;line-height:1.3;flex:1;min-width:0}h1 a{color:inherit;text-decoration:none}' +
  '.jump{white-space:nowrap;font-weight:600}' +
  '.now{display:flex;align-items:center;gap:1rem;padding:1.25rem 1.5rem;border-radius:.75rem;color:var(--mark);background:color-mix(in srgb,var(--mark) 9%,var(--paper));border:1px solid color-mix(in srgb,var(--mark) 35%,var(--paper))}' +
  '.now p:first-child{font-size:1.375rem;font-weight:700;line-height:1.25}.now p+p{color:var(--ink);font-size:.9375rem;margin-top:.125rem}' +
  'svg.i{width:1.25rem;height:1.25rem;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}.now svg.i{width:2.25rem;height:2.25rem}' +
  '.about{color:var(--soft);margin-top:1rem;white-space:pre-line}' +
  'section{margin-top:2.25rem}h2{font-size:1.0625rem;margin-bottom:.75rem}' +
  '.card{border:1px solid var(--line);border-radius:.75rem;background:var(--paper)}.card+.card{margin-top:1rem}' +
  '.row{padding:1rem 1.25rem}.row+.row{border-top:1px solid var(--line)}.top{display:flex;gap:.75rem;justify-content:space-between;align-items:baseline}' +
  '.top h3{font-size:1rem;font-weight:600;min-width:0}.state{display:inline-flex;gap:.375rem;align-items:center;color:var(--mark);font-weight:600;font-size:.9375rem;white-space:nowrap}.state svg.i{width:1rem;height:1rem}' +
  '.row>p{color:var(--soft);font-size:.9375rem}' +
  '.bars{display:block;width:100%;height:1.75rem;margin-top:.625rem;stroke-width:3}.bars path{fill:none}' +
  '.b0{stroke:var(--bar)}.b1{stroke:var(--degraded)}.b2{stroke:var(--partial_outage)}.b3{stroke:var(--major_outage)}.bn{stroke:var(--line)}' +
  '.scale{display:flex;justify-content:space-between;gap:.5rem;color:var(--soft);font-size:.8125rem;margin-top:.25rem}' +
  '.notice{border-left:.25rem solid var(--mark);padding:1.25rem}.notice h3{font-size:1.0625rem;line-height:1.35}' +
  '.meta{color:var(--soft);font-size:.875rem;margin-top:.125rem}.updates{margin-top:.875rem;display:grid;gap:.875rem}.updates p{white-space:pre-line}' +
  '.updates b{margin-right:.5rem}.updates time{color:var(--soft);font-size:.875rem}' +
  '.quiet{color:var(--soft)}.more{display:inline-block;margin-top:1rem}' +
  'form{display:flex;flex-wrap:wrap;gap:.5rem;margin:.75rem 0}label{flex-basis:100%;font-size:.9375rem}' +
  'input{font:inherit;flex:1 1 14rem;min-width:0;padding:.625rem .75rem;border:1px solid var(--soft);border-radius:.5rem;color:var(--ink);background:var(--paper)}' +
  'button{font:inherit;font-weight:600;padding:.625rem 1.25rem;border:0;border-radius:.5rem;background:var(--brand);color:var(--paper);cursor:pointer}' +
  'footer{border-top:1px solid var(--line);color:var(--soft);font-size:.875rem}footer .wrap{padding-top:1.25rem;padding-bottom:1.5rem;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}' +
  ['operational', 'unknown', 'maintenance', 'degraded', 'partial_outage', 'major_outage']
    .map((state) => `.${state}{--mark:var(--${state})}`)
    .join('') +
  '@media(max-width:34rem){.top{flex-wrap:wrap;gap:.125rem .75rem}.now{padding:1.125rem}.notice,.row{padding:1rem}}' +
  '@media print{.jump,form{display:none}}';

/** The style sheet of a page. The colour of the brand is mixed until text in it can be read, by day and by night. */
export const styleSheet = (colour: string | null): string => {
  const brand = (colour ?? DEFAULT_COLOUR) as Colour;
  return (
    `:root{color-scheme:light dark;${LIGHT};--brand:${readableOn(PAPER.light, brand)}}` +
    `@media(prefers-color-scheme:dark){:root{${DARK};--brand:${readableOn(PAPER.dark, brand)}}}${RULES}`
  );
};
