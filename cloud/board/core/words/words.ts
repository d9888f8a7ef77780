import { en, type Words } from './en.ts'
import { zhCn } from './zh-cn.ts'

export type { Words } from './en.ts'

export const languages = ['en', 'zh-CN'] as const
export type Language = (typeof languages)[number]

export function wordsOf(language: Language): Words {
  return language === 'en' ? en : zhCn
}

/** The first of the visitor's languages that we speak; English otherwise. */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    if (/^zh\b/i.test(tag)) return 'zh-CN'
    if (/^en\b/i.test(tag)) return 'en'
  }
  return 'en'
}

/** What a quantity is called; one that has no name of its own keeps its code. */
export function quantityName(words: Words, quantity: string): string {
  return new Map<string, string>(Object.entries(words.quantityNames)).get(quantity) ?? quantity
}

export function severityName(words: Words, severity: number): string {
  return [words.severity1, words.severity2, words.severity3][severity - 1] ?? words.severity4
}
