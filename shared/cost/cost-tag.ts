/**
 * The tag by which a bill is divided, with the name of a stage. AWS counts by it from the day on which it is activated as a cost
 * allocation tag.
 */
export const COST_TAG = 'tocsin:stage';
