import { expect, test } from 'vitest'
import { type TourStep, tourStepFrom, tourSteps } from '../../../cloud/board/core/tour.ts'

test('the tour passes every step once and ends; there is nothing before its first', () => {
  const passed: TourStep[] = []
  let at: TourStep | null = tourSteps[0]
  while (at !== null) {
    passed.push(at)
    at = tourStepFrom(at, 1)
  }
  expect(passed).toEqual(tourSteps)
  expect(tourStepFrom('search', -1)).toBe('needs-you')
  expect(tourStepFrom('plan', -1)).toBe('plan')
})
