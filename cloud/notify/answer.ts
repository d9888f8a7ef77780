import type { Channel } from '../../shared/channel.ts'
import { type Outcome, outcomeOf } from './retry.ts'

/** Codes with which robots say "too often, later". */
const later: Readonly<Record<string, readonly number[]>> = {
  wecom: [-1, 45009],
  dingtalk: [-1, 130101, 410100],
  feishu: [11232, 9499],
}

const mostSaid = 300

/**
 * What an HTTP answer means. WeCom, DingTalk and Feishu say 200 to everything and what they think of it in the body
 * (`errcode`, `code`): an answer without it is not theirs, so a wrong address is no success.
 */
export function answerOf(kind: Channel['kind'], status: number, body: string, retryAfter: string | undefined): Outcome {
  const said = body.replace(/\s+/g, ' ').trim().slice(0, mostSaid) || `HTTP ${status}`
  const outcome = outcomeOf(status, said, retryAfter)
  const codes = later[kind]
  if (outcome.outcome !== 'delivered' || codes === undefined) return outcome
  const code = codeIn(body)
  if (code === 0) return outcome
  if (code === undefined) return { outcome: 'refused', status, said: `This is not how such a robot answers: ${said}` }
  return { outcome: codes.includes(code) ? 'failed' : 'refused', status, said }
}

function codeIn(body: string): number | undefined {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null) return undefined
    const { errcode, code, StatusCode } = value as Readonly<Record<string, unknown>>
    return [errcode, code, StatusCode].find((one) => typeof one === 'number')
  } catch {
    return undefined
  }
}
