import { type MapWords, mapEn } from './map-en.ts'
import { mapZhCn } from './map-zh-cn.ts'
import type { Language } from './words.ts'

export type { MapWords } from './map-en.ts'

export function mapWordsOf(language: Language): MapWords {
  return language === 'en' ? mapEn : mapZhCn
}
