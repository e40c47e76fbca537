/** The dependencies of some rooms of a surface; a request to another room fails. */
export const onlyRooms = <Deps>(rooms: Partial<NoInfer<Deps>>): Deps => rooms as Deps;
