import type { InputError } from '../../../shared/api.ts'
import { sayFlaw } from '../../../shared/flaw.ts'
import { flawEn } from '../../../shared/flaw-en.ts'
import { flawZhCn } from './words/flaw-zh-cn.ts'
import { type Language, wordsOf } from './words/words.ts'

/** What is wrong with a row, and where: `lang` is set where the server's English stands in for words that are not known here. */
export function flawSaid(
  language: Language,
  { path, line, column, message, flaw }: InputError,
): { readonly place: string; readonly text: string; readonly lang?: 'en' } {
  const place = line === undefined ? path : wordsOf(language).importAt(String(line), column ?? '')
  const text = flaw === undefined ? undefined : sayFlaw(language === 'en' ? flawEn : flawZhCn, flaw)
  if (text !== undefined) return { place, text }
  return language === 'en' ? { place, text: message } : { place, text: message, lang: 'en' }
}
