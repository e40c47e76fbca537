/**
 * Stands in for protobufjs, which only `DDSketch.toProto` and `fromProto` load: sketches are packed by the store of the
 * metrics, never in that form. A call throws.
 */
const unused = (): never => {
  throw new Error('Sketches have no protobuf form here');
};

export const Reader = unused;
export const Writer = unused;
export const util = {};
export const roots: Record<string, unknown> = {};
