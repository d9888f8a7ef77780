import { type Saying, sayWhy, type Why } from '../../../shared/why.ts'
import { whyEn } from '../../../shared/why-en.ts'
import type { Format } from './format.ts'
import { whyZhCn } from './words/why-zh-cn.ts'
import { type Language, wordsOf } from './words/words.ts'

/** Reasons of the server in the language of the reader; in English where a newer server gives one that is not known here. */
export interface WhySpeaker {
  /** All of it; `english` is what the server says of the same. */
  said(coded: readonly Why[], english: string): Said
  /** The same sentence by sentence. */
  each(coded: readonly Why[], english: readonly string[]): readonly Said[]
}

export interface Said {
  readonly text: string
  /** Set where that is not the language of the page. */
  readonly lang?: 'en'
}

export function whySpeaker(language: Language, format: Format, zoneName: (id: string) => string): WhySpeaker {
  const [words, sentenceEnd] = language === 'en' ? [whyEn, ' '] : [whyZhCn, '']
  const { seconds } = wordsOf(language)
  const duration = (ms: number) =>
    ms < 1000 ? seconds(format.number(ms / 1000, 1)) : format.age(Math.round(ms / 1000) * 1000)
  const saying: Saying = {
    zone: zoneName,
    duration,
    silence: duration,
    number: (value) => format.number(value, Number.isInteger(value) ? 0 : 1),
    percent: format.percent,
  }
  const said = (coded: readonly Why[], english: string): Said => {
    const sentences = coded.flatMap((one) => sayWhy(words, one, saying) ?? [])
    const isWhole = coded.length > 0 && sentences.length === coded.length
    if (isWhole) return { text: sentences.join(sentenceEnd) }
    return language === 'en' ? { text: english } : { text: english, lang: 'en' }
  }
  return { said, each: (coded, english) => english.map((text, index) => said(coded.slice(index, index + 1), text)) }
}
