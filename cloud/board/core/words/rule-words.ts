import { type RuleWords, rulesEn } from './rules-en.ts'
import { rulesZhCn } from './rules-zh-cn.ts'
import type { Language } from './words.ts'

export type { RuleWords } from './rules-en.ts'

export function ruleWordsOf(language: Language): RuleWords {
  return language === 'en' ? rulesEn : rulesZhCn
}

/** What a list of names says of a key; a key that has no name yet (a newer kind, a newer field) stands for itself. */
export function nameIn(names: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(names, key) ? (names[key] ?? key) : key
}
