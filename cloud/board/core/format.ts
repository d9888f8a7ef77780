import { isQuantity, quantities } from '../../../shared/quantity.ts'
import { type Language, wordsOf } from './words/words.ts'

/** Numbers and times as this reader, at this site, writes them. Instants are Unix ms; the site's zone holds everywhere. */
export interface Format {
  number(value: number, decimals?: number): string
  percent(share: number): string
  list(parts: readonly string[]): string
  /** With its unit, in the decimals worth showing; `null` is a dash, never a zero. */
  quantity(name: string, value: number | null): string
  /** 14:05:12 */
  clock(at: number): string
  /** 14:05, or with the day when that is not today's at `now`. */
  time(at: number, now: number): string
  /** The day and the time to the second. */
  moment(at: number): string
  /** The day, the minute, and how far from UTC the site's clocks were: the hour that comes twice is told apart. */
  dated(at: number): string
  /** 0 s … 59 s, 1 min …, 1 h 5 min, 2 d. Never negative. */
  age(ms: number): string
  /** The same in the past: just now, 5 s ago. */
  ago(ms: number): string
  /** A limit of a quantity: no decimals that say nothing. */
  limit(name: string, value: number): string
  /** A difference of two values: 5 °C are 9 °F. */
  difference(name: string, value: number): string
  /** The value in the unit that this reader uses, for axes and bare numbers. */
  inUnit(name: string, value: number): number
}

/** What temperatures are shown in. Everything is kept, asked and sent in °C. */
export const temperatureUnits = ['celsius', 'fahrenheit'] as const
export type TemperatureUnit = (typeof temperatureUnits)[number]

export const dash = '–'

export function formatFor(language: Language, timeZone: string, temperature: TemperatureUnit = 'celsius'): Format {
  const words = wordsOf(language)
  const locale = language === 'en' ? 'en-GB' : 'zh-CN'
  const zone = knownZone(timeZone)
  const byDecimals = new Map<number, Intl.NumberFormat>()
  const numbers = (decimals: number) => {
    const known = byDecimals.get(decimals)
    if (known !== undefined) return known
    const made = new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    byDecimals.set(decimals, made)
    return made
  }
  const lists = new Intl.ListFormat(locale, { style: 'narrow' })
  const percents = new Intl.NumberFormat(locale, { style: 'percent' })
  const instants = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, ...options })
  const clocks = instants({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const minutes = instants({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const dated = instants({
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
  })
  const days = instants({ day: 'numeric', month: 'short' })

  // Minus as a minus sign, so that −18.0 and 18.0 have digits of one width and no hyphen breaks the line.
  const number = (value: number, decimals = 0) => numbers(decimals).format(value).replace('-', '−')
  const whole = (value: number) => number(Math.floor(value))
  const age = (ms: number) => {
    const seconds = Math.max(0, Math.floor(ms / 1000))
    if (seconds < 60) return words.seconds(whole(seconds))
    if (seconds < 3600) return words.minutes(whole(seconds / 60))
    const hours = Math.floor(seconds / 3600)
    if (hours >= 48) return words.days(whole(hours / 24))
    const rest = Math.floor((seconds % 3600) / 60)
    return rest === 0 ? words.hours(whole(hours)) : `${words.hours(whole(hours))} ${words.minutes(whole(rest))}`
  }
  const isOther = (name: string) => name === 'temperature' && temperature === 'fahrenheit'
  const inUnit = (name: string, value: number) => (isOther(name) ? value * 1.8 + 32 : value)
  const symbolOf = (name: string) => (isOther(name) ? '°F' : isQuantity(name) ? quantities[name].symbol : '')
  const withSymbol = (name: string, text: string) => {
    const symbol = symbolOf(name)
    return symbol === '' ? text : `${text} ${symbol}`
  }
  const plain = (name: string, value: number) => {
    const shown = Number(value.toFixed(1))
    return withSymbol(name, number(shown, Number.isInteger(shown) ? 0 : 1))
  }
  return {
    number,
    inUnit,
    list: (parts) => lists.format(parts),
    percent: (share) => percents.format(share),
    quantity(name, value) {
      if (value === null) return dash
      const decimals = isQuantity(name) ? quantities[name].decimals : 1
      return withSymbol(name, number(inUnit(name, value), decimals))
    },
    clock: (at) => clocks.format(at),
    time: (at, now) =>
      days.format(at) === days.format(now) ? minutes.format(at) : `${days.format(at)} ${minutes.format(at)}`,
    moment: (at) => `${days.format(at)} ${clocks.format(at)}`,
    dated: (at) => dated.format(at),
    age,
    ago: (ms) => (ms < 2000 ? words.justNow : words.ago(age(ms))),
    limit: (name, value) => plain(name, inUnit(name, value)),
    difference: (name, value) => plain(name, isOther(name) ? value * 1.8 : value),
  }
}

/** A site map with a mistyped zone must not take the board down; UTC is then shown, and named beside the clock. */
export function knownZone(timeZone: string): string {
  // Asked at every tick of the clock, and dear to find out.
  const known = zones.get(timeZone)
  if (known !== undefined) return known
  let zone = 'UTC'
  try {
    zone = new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    // mistyped
  }
  zones.set(timeZone, zone)
  return zone
}

const zones = new Map<string, string>()
