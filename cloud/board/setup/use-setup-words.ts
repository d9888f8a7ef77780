import { type SetupWords, setupWordsOf } from '../core/words/setup-words.ts'
import { useStore } from '../live/store.ts'

export function useSetupWords(): SetupWords {
  return setupWordsOf(useStore().preferences.value.language)
}
