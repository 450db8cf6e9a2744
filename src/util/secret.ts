/** A key that is shorter could be guessed. */
export const LEAST_SECRET_CHARACTERS = 16;
