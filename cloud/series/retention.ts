/** So much is removed in one step: a day of one measurement at one site. */
export const removedAtOnceMs = 86_400_000
