import { bound } from '../../../shared/kernel/bound.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import * as blockStore from '../metrics/block-store.ts';
import { metricReader } from '../metrics/reader.ts';
import * as segmentStore from '../metrics/segment-store.ts';
import { healthTable } from './stores.ts';

// Apart from the other stores: a function without metrics loads no sketches.
export const segments = /* @__PURE__ */ lazy(() => bound(segmentStore, healthTable()));
export const blocks = /* @__PURE__ */ lazy(() => bound(blockStore, healthTable()));

export const reader = /* @__PURE__ */ lazy(() =>
  metricReader({ segments: segments(), blocks: blocks(), clock: systemClock }),
);
