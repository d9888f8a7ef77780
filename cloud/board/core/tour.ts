/** What is shown to whoever sees the floor for the first time, in this order; each is a part of the page. */
export const tourSteps = ['plan', 'needs-you', 'search', 'pulse'] as const
export type TourStep = (typeof tourSteps)[number]

/** The step after (1) or before (−1) another; `null`: the tour is over. The first has none before it. */
export function tourStepFrom(step: TourStep, direction: 1 | -1): TourStep | null {
  return tourSteps[Math.max(0, tourSteps.indexOf(step) + direction)] ?? null
}
