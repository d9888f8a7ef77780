import { type SetupWords, setupEn } from './setup-en.ts'
import { setupZhCn } from './setup-zh-cn.ts'
import type { Language } from './words.ts'

export type { SetupWords } from './setup-en.ts'

export function setupWordsOf(language: Language): SetupWords {
  return language === 'en' ? setupEn : setupZhCn
}
