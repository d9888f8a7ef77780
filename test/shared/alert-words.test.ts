import { expect, test } from 'vitest'
import { builtIns } from '../../cloud/alerts/built-in.ts'
import { starterRules } from '../../cloud/alerts/starter-rules.ts'
import { alertIn, textIn } from '../../shared/alert-words.ts'
import { starterRules as demoRules } from '../../simulators/world/starter-rules.ts'
import { someAlert } from '../support/warehouse.ts'

const spoken = [...starterRules('rtm'), ...demoRules('rtm'), ...Object.values(builtIns)]

test.each(spoken)('$name: what it says, and what to do, is said in Chinese', ({ name, whatToDo }) => {
  for (const text of [name, whatToDo]) {
    expect(textIn('zh-cn', text)).toMatch(/\p{Script=Han}/u)
    expect(textIn('en', text)).toBe(text)
  }
})

test('a text that people wrote stays theirs', () => {
  const alert = someAlert('a', 'rtm', { name: 'Gateway silent', whatToDo: 'Call Kim.' })
  expect(alertIn('zh-CN', alert)).toEqual({ ...alert, name: '网关无通信' })
  expect(alertIn('en', alert)).toBe(alert)
})
