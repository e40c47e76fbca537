/** The header in which every answer to an accepted event has the event's id; none where nothing was accepted. */
export const eventIdHeader = (id: string | undefined): Readonly<Record<string, string>> =>
  id === undefined ? {} : { 'tocsin-event-id': id };
