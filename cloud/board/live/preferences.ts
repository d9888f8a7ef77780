import { type TemperatureUnit, temperatureUnits } from '../core/format.ts'
import { chooseLanguage, type Language, languages } from '../core/words/words.ts'

/** What this browser remembers. Nothing here is worth an error: a browser that refuses storage just forgets. */
export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export interface Preferences {
  readonly language: Language
  readonly theme: Theme
  readonly site: string | null
  /** Single-key shortcuts get in the way of speech input; WCAG 2.1.4 wants them to be switchable. */
  readonly keys: boolean
  readonly temperature: TemperatureUnit
  /** Went through the tour of the floor, or skipped it. */
  readonly knowsTour: boolean
}

const key = 'warepulse.board'

export function readPreferences(storage: Storage, preferred: readonly string[]): Preferences {
  const said = remembered(storage)
  return {
    language: languages.find((language) => language === said['language']) ?? chooseLanguage(preferred),
    theme: themes.find((theme) => theme === said['theme']) ?? 'auto',
    site: typeof said['site'] === 'string' ? said['site'] : null,
    keys: said['keys'] !== false,
    temperature: temperatureUnits.find((unit) => unit === said['temperature']) ?? 'celsius',
    knowsTour: said['knowsTour'] === true,
  }
}

export function writePreferences(storage: Storage, preferences: Preferences): void {
  try {
    storage.setItem(key, JSON.stringify(preferences))
  } catch {
    // Private window or full storage: this visit keeps its choices, the next one asks again.
  }
}

function remembered(storage: Storage): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
