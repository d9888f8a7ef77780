/** So many tags tell of one slot. By itself, so that a browser gets it without a library. */
export const mostReferenceTags = 16
