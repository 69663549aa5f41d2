/** An error whose message is meant for the user: the problem, and what to do about it. */
export class UserError extends Error {}
