import type { Speaking } from '../core/rule-said.ts'
import { type RuleWords, ruleWordsOf } from '../core/words/rule-words.ts'
import { useStore } from '../live/store.ts'

export function useRuleWords(): RuleWords {
  return ruleWordsOf(useStore().preferences.value.language)
}

/** All that is needed to say a condition in a sentence. */
export function useSpeaking(): Speaking {
  const store = useStore()
  const zones = new Map(store.board.value?.map.zones.map(({ id, name }) => [id, name]))
  return {
    words: store.words.value,
    format: store.format.value,
    ruleWords: useRuleWords(),
    zoneName: (zone) => zones.get(zone) ?? zone,
  }
}
