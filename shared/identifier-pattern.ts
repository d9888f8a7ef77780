/** Patterns by themselves, so that a browser gets them without a library. */

/** Names that are safe in topics, file names, tags and URLs. */
export const identifierPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

/** The EPC memory bank as read, upper-case hex, whole bytes; 96-bit and long schemes up to 496 bits. */
export const epcPattern = /^(?:[0-9A-F]{2}){1,62}$/
