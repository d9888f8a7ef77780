import { expect, test } from 'vitest'
import { besiege, leastInputs } from '../fuzz/doors/siege.ts'

/** The short form of `npm run fuzz:doors`. */
test('bent payloads at every door for six seconds: nothing breaks, and a good gateway is served afterwards', async () => {
  const { doors, broken } = await besiege(6, 20_261_128)
  expect(broken).toEqual([])
  for (const door of doors) {
    expect([door.name, door.broken]).toEqual([door.name, []])
    expect(door.inputs).toBeGreaterThanOrEqual(leastInputs)
  }
})
