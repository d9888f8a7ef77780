/** Names that are safe in topics, file names, tags and URLs. By itself, so that a browser gets it without a library. */
export const identifierPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/
