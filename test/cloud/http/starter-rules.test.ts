import { expect, test } from 'vitest'
import { starterRules } from '../../../cloud/alerts/starter-rules.ts'
import { Rule } from '../../../shared/rule.ts'

test.each(['rtm', `a${'b'.repeat(63)}`])('the starter rules of %s are legal and tell what to do', (site) => {
  const rules = starterRules(site)
  expect(rules.map((rule) => Rule.parse(rule))).toEqual(rules)
  expect(rules.every(({ whatToDo }) => whatToDo.length > 20)).toBe(true)
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
})
