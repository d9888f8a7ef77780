import { expect, test } from 'vitest'
import {
  answerWithinMs,
  type Conversation,
  conversation,
  failedPauseMs,
  roundWithinMs,
  saysSomethingWithinMs,
} from '../../../edge/commands/conversation.ts'
import type { Dialect } from '../../../edge/commands/dialect.ts'

/** A reader of letters: A and B set it up, R and S read; what it says is judged by its first letter. */
const dialect = (isPolled: boolean): Dialect => ({
  refuse: () => undefined,
  setUp: () => [letters('A'), letters('B')],
  inventory: () => [letters('R'), letters('S')],
  isPolled,
  judge: (frame) => (({ d: 'done', f: 'failed' }) as const)[text(frame)] ?? 'other',
})
const letters = (said: string) => new TextEncoder().encode(said)
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

/** Everything that is said until a moment, looked for every 10 ms; each answer comes at once. */
function saidUntil(talk: Conversation, fromMs: number, untilMs: number, answer: (said: string) => string): string {
  let said = ''
  for (let nowMs = fromMs; nowMs < untilMs; nowMs += 10) {
    const command = talk.due(nowMs)
    if (command === undefined) continue
    said += text(command)
    for (const frame of answer(text(command))) talk.heard(letters(frame), nowMs)
  }
  return said
}

test('one command at a time, the next when it is answered', () => {
  const talk = conversation(dialect(true), {})
  expect(text(talk.due(0))).toBe('A')
  expect(talk.due(1)).toBeUndefined()
  talk.heard(letters('x'), 1)
  expect(talk.due(2)).toBeUndefined()
  talk.heard(letters('d'), 3)
  expect(text(talk.due(3))).toBe('B')
})

test('a polled reader is asked for round after round, each when the one before is over', () => {
  const talk = conversation(dialect(true), {})
  expect(saidUntil(talk, 0, 80, () => 'xxd')).toBe('ABRSRSRS')
})

test('a reader that reads by itself is started once, and not again while it says anything', () => {
  const talk = conversation(dialect(false), {})
  expect(saidUntil(talk, 0, 100, () => 'd')).toBe('ABRS')
  for (let nowMs = 100; nowMs < 60_000; nowMs += 1000) {
    expect(talk.due(nowMs)).toBeUndefined()
    talk.heard(letters('x'), nowMs)
  }
})

test('a reader that reads by itself and falls silent is set up anew', () => {
  const talk = conversation(dialect(false), {})
  saidUntil(talk, 0, 100, () => 'd')
  talk.heard(letters('x'), 5000)
  expect(talk.due(5000 + saysSomethingWithinMs - 1)).toBeUndefined()
  expect(text(talk.due(5000 + saysSomethingWithinMs))).toBe('A')
})

test('a setting that is not answered is tried three times, then passed over', () => {
  const talk = conversation(dialect(true), {})
  const answer = (said: string) => (said === 'A' ? '' : 'd')
  expect(saidUntil(talk, 0, 3 * answerWithinMs + 40, answer)).toBe('AAABRSR')
})

test('a setting that is refused is not repeated', () => {
  const talk = conversation(dialect(true), {})
  expect(saidUntil(talk, 0, 40, (said) => (said === 'A' ? 'f' : 'd'))).toBe('ABRS')
})

test('after a round that failed the next one waits', () => {
  const talk = conversation(dialect(true), {})
  saidUntil(talk, 0, 20, () => 'd')
  expect(text(talk.due(20))).toBe('R')
  talk.heard(letters('f'), 20)
  expect(talk.due(20 + failedPauseMs - 1)).toBeUndefined()
  expect(text(talk.due(20 + failedPauseMs))).toBe('S')
})

test('a round goes on as long as it tells tags', () => {
  const talk = conversation(dialect(true), {})
  saidUntil(talk, 0, 20, () => 'd')
  expect(text(talk.due(20))).toBe('R')
  for (let nowMs = 20; nowMs < 20_000; nowMs += 1000) {
    talk.heard(letters('x'), nowMs)
    expect(talk.due(nowMs)).toBeUndefined()
  }
})

test('after three rounds without a word the reader is set up again', () => {
  const talk = conversation(dialect(true), {})
  saidUntil(talk, 0, 20, () => 'd')
  expect(saidUntil(talk, 20, 20 + 3 * roundWithinMs + 50, () => '')).toBe('RSRA')
})
