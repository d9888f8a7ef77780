import type { Rule } from '../../../shared/rule.ts'
import type { Format } from './format.ts'
import { nameIn, type RuleWords } from './words/rule-words.ts'
import { quantityName, type Words } from './words/words.ts'

export interface Speaking {
  readonly words: Words
  readonly ruleWords: RuleWords
  readonly format: Format
  zoneName(zone: string): string
}

/** The condition of a rule in one line; of a kind that is not known here, the name of the kind. */
export function conditionSaid(rule: Rule, speaking: Speaking): string {
  const { ruleWords, format, zoneName } = speaking
  const parts = [coreSaid(rule, speaking)]
  if ('onDelayMs' in rule && rule.onDelayMs > 0) parts.push(ruleWords.saidDelay(format.age(rule.onDelayMs)))
  if ('zone' in rule && rule.zone !== undefined) parts.push(ruleWords.saidZone(zoneName(rule.zone)))
  if ('goods' in rule && rule.goods !== undefined) parts.push(ruleWords.saidGoods)
  if ('sensors' in rule && rule.sensors !== undefined)
    parts.push(
      rule.sensors.length <= 2
        ? rule.sensors.join(', ')
        : ruleWords.saidSensors(rule.sensors.length, format.number(rule.sensors.length)),
    )
  return parts.join(' · ')
}

function coreSaid(rule: Rule, { words, ruleWords, format }: Speaking): string {
  const quantity = 'quantity' in rule ? rule.quantity : ''
  const name = quantityName(words, quantity)
  const limit = (value: number) => format.limit(quantity, value)
  const difference = (value: number) => format.difference(quantity, value)
  const choice = (key: string) => nameIn(ruleWords.choiceNames, key)
  switch (rule.type) {
    case 'threshold':
      return ruleWords.saidThreshold(name, choice(rule.direction), limit(rule.limit))
    case 'band':
      return ruleWords.saidBand(name, limit(rule.low), limit(rule.high))
    case 'rate':
      return ruleWords.saidRate(name, difference(rule.change), format.age(rule.withinMs))
    case 'deviation':
      return ruleWords.saidDeviation(name, difference(rule.limit))
    case 'exposure':
      return ruleWords.saidExposure(name, choice(rule.direction), limit(rule.limit), format.number(rule.degreeMinutes))
    case 'kinetic':
      return ruleWords.saidKinetic(limit(rule.limit), format.age(rule.overMs))
    case 'silent':
      if (rule.of === 'antenna') return ruleWords.saidWeak(format.age(rule.afterMs))
      return ruleWords.saidSilent(choice(rule.of), format.age(rule.afterMs))
    case 'gap':
      return ruleWords.saidGap(format.number(rule.atLeast))
    case 'spool':
      return ruleWords.saidSpool(format.number(rule.limitPercent))
    case 'clock':
      return ruleWords.saidClock(format.age(rule.limitMs))
    case 'stock':
      return ruleWords.saidStock(choice(rule.each), choice(rule.direction), format.number(rule.limit))
    case 'dwell':
      return ruleWords.saidDwell(format.age(rule.longerThanMs))
    case 'expected':
      return ruleWords.saidExpected(choice(rule.differs))
    case 'leaving':
      if (rule.only === 'all') return nameIn(ruleWords.kindNames, rule.type)
      return ruleWords.saidLeaving(choice(rule.only))
    case 'expiry':
      return ruleWords.saidExpiry(rule.beforeMs === 0 ? null : format.age(rule.beforeMs))
    case 'goods-exposure': {
      const { degreeMinutes, longerThanMs } = rule
      const bounds = [
        ...(degreeMinutes === undefined ? [] : [ruleWords.saidDegreeMinutes(format.number(degreeMinutes))]),
        ...(longerThanMs === undefined ? [] : [format.age(longerThanMs)]),
      ].join(ruleWords.or)
      const celsius = format.limit('temperature', rule.limit)
      return ruleWords.saidGoodsExposure(choice(rule.direction), celsius, bounds, format.age(rule.overMs))
    }
    case 'goods-kinetic':
      return ruleWords.saidGoodsKinetic(format.limit('temperature', rule.limit), format.age(rule.overMs))
    default:
      return nameIn(ruleWords.kindNames, kindOf(rule))
  }
}

/** Where a later kind has no case above, it is still a rule with a type. */
function kindOf(rule: { readonly type: string }): string {
  return rule.type
}
