/** Something that cannot be done, with a message for people: what came, what was expected, what to do. */
export class Refused extends Error {}
