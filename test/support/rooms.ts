/** The dependencies of a surface of which a test serves some rooms only; a request to another room fails. */
export const onlyRooms = <Deps>(rooms: Partial<NoInfer<Deps>>): Deps => rooms as Deps;
