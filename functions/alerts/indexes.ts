/** Names of the indexes of the alerts table, for the store that queries them and the infrastructure that makes them. */
export const LISTING_INDEX = 'listing';
export const DUE_INDEX = 'due';
