import { extremeOf } from '../../shared/alert-extreme.ts'
import { alertIn } from '../../shared/alert-words.ts'
import { iso } from '../../shared/api.ts'
import type { Channel, Message } from '../../shared/channel.ts'
import { isQuantity, quantities } from '../../shared/quantity.ts'

type Language = Channel['language']

/** A message as people read it: one line, and a few more. */
export interface Words {
  readonly title: string
  readonly lines: readonly string[]
  /** 1 is the worst. */
  readonly severity: number
}

const vocabulary = {
  en: {
    ringing: 'ALERT',
    escalated: 'STILL OPEN',
    acknowledged: 'Acknowledged',
    over: 'Over',
    severity: (n: number) => `Severity ${n}`,
    zone: (zone: string) => `Zone ${zone}`,
    items: (n: number) => `${n} ${n === 1 ? 'item' : 'items'}`,
    value: (value: string) => `Value ${value}`,
    rang: (value: string) => `Rang at ${value}`,
    peak: (value: string, at: string) => `Peaked at ${value}, ${at}`,
    low: (value: string, at: string) => `Fell to ${value}, ${at}`,
    since: (time: string) => `Since ${time}`,
    by: (who: string) => `By ${who}`,
    step: (n: number) => `Nobody has acknowledged it: step ${n} of its escalation`,
    doThis: (text: string) => `What to do: ${text}`,
    flood: (n: number, site: string) => `${n} further alerts at ${site}`,
    more: (n: number) => `… and ${n} more; the board lists all of them`,
    testTitle: (site: string) => `Test message from ${site}`,
    test: (who: string) => `${who} asked for it. Nothing is wrong.`,
  },
  'zh-cn': {
    ringing: '告警',
    escalated: '仍无人处理',
    acknowledged: '已确认',
    over: '已恢复',
    severity: (n: number) => `${n} 级`,
    zone: (zone: string) => `区域 ${zone}`,
    items: (n: number) => `${n} 件`,
    value: (value: string) => `读数 ${value}`,
    rang: (value: string) => `触发值 ${value}`,
    peak: (value: string, at: string) => `最高 ${value},${at}`,
    low: (value: string, at: string) => `最低 ${value},${at}`,
    since: (time: string) => `开始于 ${time}`,
    by: (who: string) => `确认人 ${who}`,
    step: (n: number) => `无人确认,已升级到第 ${n} 步`,
    doThis: (text: string) => `处理办法:${text}`,
    flood: (n: number, site: string) => `${site} 又有 ${n} 条告警`,
    more: (n: number) => `……另有 ${n} 条,详见看板`,
    testTitle: (site: string) => `${site} 的测试消息`,
    test: (who: string) => `由 ${who} 发出,一切正常。`,
  },
} as const satisfies Record<Language, unknown>

/** Pure. Times are those of the clock on the wall of the site. */
export function wordsOf(message: Message, site: string, language: Language, timeZone: string): Words {
  const said = vocabulary[language]
  if (message.event === 'test') return { title: said.testTitle(site), lines: [said.test(message.by)], severity: 4 }
  if (message.event === 'flood') {
    const { alerts, more } = message
    const named = alerts.map((alert) => alertIn(language, alert))
    const lines = named.map((alert) => `${said.severity(alert.severity)} · ${alert.name} · ${alert.subject}`)
    return {
      title: said.flood(alerts.length + more, site),
      lines: more > 0 ? [...lines, said.more(more)] : lines,
      severity: Math.min(...alerts.map(({ severity }) => severity)),
    }
  }
  const { event } = message
  const alert = alertIn(language, message.alert)
  const facts = [said.severity(alert.severity), ...(alert.zone === null ? [] : [said.zone(alert.zone)])]
  if (alert.items !== undefined) facts.push(said.items(alert.items))
  const extreme = extremeOf(alert)
  if (alert.value !== null && extreme === undefined) facts.push(said.value(amountOf(alert.value, alert.quantity)))
  const lines = [facts.join(' · '), said.since(timeOf(alert.raisedAt, timeZone))]
  if (extreme !== undefined) {
    const { rang, worst, at, is } = extreme
    const went = said[is](amountOf(worst, alert.quantity), timeOf(at, timeZone))
    lines.push([...(rang === null ? [] : [said.rang(amountOf(rang, alert.quantity))]), went].join(' · '))
  }
  if (event === 'escalated') lines.push(said.step(alert.escalation))
  if (event === 'acknowledged' && alert.acknowledgedBy !== null) lines.push(said.by(alert.acknowledgedBy))
  if ((event === 'ringing' || event === 'escalated') && alert.whatToDo !== '') lines.push(said.doThis(alert.whatToDo))
  return { title: `${said[event]} · ${alert.name} · ${alert.subject} · ${site}`, lines, severity: alert.severity }
}

function amountOf(value: number, quantity: string | null): string {
  if (quantity === null || !isQuantity(quantity)) return String(Math.round(value * 1000) / 1000)
  const { symbol, decimals } = quantities[quantity]
  return `${value.toFixed(decimals)} ${symbol}`.trim()
}

/** `2026-11-28 14:05 Asia/Shanghai`: who is called at night shall not have to guess whose clock it is. */
function timeOf(at: string, timeZone: string): string {
  const shape = { timeZone, dateStyle: 'short', timeStyle: 'short' } as const
  return `${new Intl.DateTimeFormat('sv-SE', shape).format(new Date(at))} ${timeZone}`
}

/** The machine's form: what a program of one's own gets. */
export function eventOf(message: Message, site: string): object {
  const base = { type: `alert.${message.event}`, timestamp: iso(message.at) }
  if (message.event === 'test') return { ...base, data: { site, by: message.by } }
  if (message.event === 'flood') return { ...base, data: { site, alerts: message.alerts, more: message.more } }
  return { ...base, data: { site, alert: message.alert } }
}
