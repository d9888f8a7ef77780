import { expect, test } from 'vitest'
import { refuseForeignReadModels } from '../../../cloud/journal/projection.ts'
import { Fault } from '../../../shared/fault.ts'

const readModels = [
  { name: 'inventory', offset: 7 },
  { name: 'alerts', offset: 5 },
]

test('read models up to the end of the journal are its own', () => {
  expect(() => refuseForeignReadModels(readModels, { tail: 7 }, '/data')).not.toThrow()
})

test('one that knows more than the journal is refused by name: what came next would be passed over', () => {
  const refused = () => refuseForeignReadModels(readModels, { tail: 6 }, '/data')
  expect(refused).toThrow(Fault)
  expect(refused).toThrow(/In \/data the read models inventory know more than the journal.*warepulse rebuild all/)
})
