/*
 * Takes the place of `@smithy/core/event-streams` in the bundles. The SDK loads it only for operations that stream
 * events, and no operation that Tocsin calls does.
 */

const refuse = (): never => {
  throw new Error('Event streams are left out of the bundles: see docs/adr/0004-bundles.md');
};

export const eventStreamSerdeProvider = refuse;

export const EventStreamSerde = refuse;
