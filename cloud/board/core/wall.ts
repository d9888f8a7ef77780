import type { Alert } from '../../../shared/api.ts'
import { type Language, languages } from './words/words.ts'

/**
 * What a wall screen shows and how big, all of it in its address: a screen that forgets everything is set up again by
 * opening its link.
 */
export interface WallSettings {
  /** Zones shown in turn; empty = the whole site, always. `['*']` = every zone in turn. */
  readonly zones: readonly string[]
  readonly rotateMs: number
  /** Diagonal of the screen; `null` = not said, so the window decides the size. */
  readonly diagonalInches: number | null
  /** To the farthest reader. */
  readonly distanceMetres: number | null
  readonly language: Language | null
  readonly theme: 'light' | 'dark' | null
  /** One screen in a hall speaks, not a choir. */
  readonly hasSound: boolean
}

export const defaultRotateMs = 20_000

export function wallSettings(search: string): WallSettings {
  const query = new URLSearchParams(search)
  const number = (name: string, low: number, high: number) => {
    const value = Number(query.get(name) ?? Number.NaN)
    return value >= low && value <= high ? value : null
  }
  const theme = query.get('theme')
  return {
    zones: (query.get('zones') ?? '').split(',').filter((zone) => zone !== ''),
    rotateMs: (number('rotate', 5, 3600) ?? defaultRotateMs / 1000) * 1000,
    diagonalInches: number('inch', 5, 200),
    distanceMetres: number('metres', 0.3, 50),
    language: languages.find((language) => language === query.get('language')) ?? null,
    theme: theme === 'light' || theme === 'dark' ? theme : null,
    hasSound: query.get('sound') === 'on',
  }
}

export function wallSearch(settings: WallSettings): string {
  const query = new URLSearchParams()
  if (settings.zones.length > 0) query.set('zones', settings.zones.join(','))
  if (settings.rotateMs !== defaultRotateMs) query.set('rotate', String(settings.rotateMs / 1000))
  if (settings.diagonalInches !== null) query.set('inch', String(settings.diagonalInches))
  if (settings.distanceMetres !== null) query.set('metres', String(settings.distanceMetres))
  if (settings.language !== null) query.set('language', settings.language)
  if (settings.theme !== null) query.set('theme', settings.theme)
  if (settings.hasSound) query.set('sound', 'on')
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

export interface LetterSizes {
  /** Below it the farthest reader cannot read: 16 arc minutes of cap height (NUREG-0700, ISO 9241). */
  readonly minimumPx: number
  /** 20 arc minutes; Han 30, since their strokes stand closer. */
  readonly wantedPx: number
}

const arcMinute = Math.PI / 180 / 60
const millimetresPerInch = 25.4
/** Cap height of Latin and body of Han letters, in em. */
const capHeightEm = 0.72
const hanBodyEm = 0.9

/** CSS pixels of a font that is read from `metres` away on a screen of this diagonal, which the window fills. */
export function letterSizes(
  window: { readonly width: number; readonly height: number },
  diagonalInches: number,
  metres: number,
  language: Language,
): LetterSizes {
  const pixelsPerMillimetre = Math.hypot(window.width, window.height) / (diagonalInches * millimetresPerInch)
  const fontPx = (minutes: number, em: number) =>
    (metres * 1000 * Math.tan(minutes * arcMinute) * pixelsPerMillimetre) / em
  const minimumPx = fontPx(16, capHeightEm)
  return language === 'zh-CN'
    ? { minimumPx: Math.max(minimumPx, fontPx(22, hanBodyEm)), wantedPx: fontPx(30, hanBodyEm) }
    : { minimumPx, wantedPx: fontPx(20, capHeightEm) }
}

export interface WallLayout {
  readonly fontPx: number
  /** How many alerts have room: at a size that can be read, unless the screen is too small for any. */
  readonly alerts: number
  /** Letters would fall below the minimum if anything were shown: the screen is too small for this distance. */
  readonly isTooSmall: boolean
}

const mostAlerts = 5
/** A row: two lines of its name, one of its place and owner, and air. In lines of 1.2 em. */
const linesPerAlert = 4
const lineEm = 1.2
/** Of the height of the window, for the list of alerts: all but the top band. */
const listShare = 0.86

/**
 * As large as wanted if five alerts have room so, smaller down to what can still be read, and then fewer alerts: letters
 * that nobody can read are no information.
 */
export function wallLayout(
  window: { readonly width: number; readonly height: number },
  settings: Pick<WallSettings, 'diagonalInches' | 'distanceMetres'>,
  language: Language,
): WallLayout {
  const fitting = (window.height * listShare) / (linesPerAlert * lineEm * mostAlerts)
  if (settings.diagonalInches === null || settings.distanceMetres === null) {
    const fontPx = Math.max(15, Math.min(fitting, window.width / 48))
    return { fontPx, alerts: mostAlerts, isTooSmall: false }
  }
  const { minimumPx, wantedPx } = letterSizes(window, settings.diagonalInches, settings.distanceMetres, language)
  const fontPx = Math.max(minimumPx, Math.min(wantedPx, fitting), 15)
  const alerts = Math.min(mostAlerts, Math.floor((window.height * listShare) / (linesPerAlert * lineEm * fontPx)))
  // Half the width must hold some six letters of a name. Past that, whoever stands nearer can read why.
  const isTooSmall = alerts < 1 || fontPx * 12 > window.width
  return isTooSmall ? { fontPx: Math.max(15, fitting), alerts: mostAlerts, isTooSmall } : { fontPx, alerts, isTooSmall }
}

export interface WallScene {
  /** `null` = the whole site. */
  readonly zone: string | null
  /** Its place among those shown in turn. */
  readonly turn: number
  readonly turns: number
  /** An unacknowledged critical alert holds its zone. */
  readonly isHeld: boolean
}

/**
 * Which zone is on at `now` (server time). It follows from the time alone, so all screens of a hall turn together. The
 * worst unacknowledged alert stops the turning and holds its zone, or the whole site if that zone is none of the turn.
 */
export function wallScene(
  zones: readonly string[],
  known: readonly string[],
  alerts: readonly Alert[],
  now: number,
  rotateMs: number,
): WallScene {
  const turning = zones.includes('*') ? known : zones.filter((zone) => known.includes(zone))
  if (turning.length === 0) return { zone: null, turn: 0, turns: 1, isHeld: false }
  const urgent = alerts.find(({ severity, state }) => severity === 1 && state === 'active')
  if (urgent !== undefined) {
    const turn = turning.indexOf(urgent.zone ?? '')
    return {
      zone: turn < 0 ? null : (turning[turn] ?? null),
      turn: Math.max(0, turn),
      turns: turning.length,
      isHeld: true,
    }
  }
  const turn = Math.floor(now / rotateMs) % turning.length
  return { zone: turning[turn] ?? null, turn, turns: turning.length, isHeld: false }
}
