/** By it the edge proves that a request came through it. Clients do not know the value. */
export const EDGE_KEY_HEADER = 'tocsin-edge-key';

/** The address of the client, as the edge writes it over what the client may have sent. */
export const EDGE_ADDRESS_HEADER = 'tocsin-client-address';
