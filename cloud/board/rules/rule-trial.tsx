import { type Signal, useSignal } from '@preact/signals'
import type { RuleTrial } from '../../../shared/api.ts'
import type { Rule } from '../../../shared/rule.ts'
import { type Answer, ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { useRuleWords } from './use-rule-words.ts'

export interface Trial {
  readonly answer: Signal<Answer<RuleTrial> | null>
  readonly isBusy: Signal<boolean>
  run(rule: Rule): Promise<void>
  /** The rule is another now: what was found is of the one before. */
  forget(): void
}

export function useTrial(): Trial {
  const answer = useSignal<Answer<RuleTrial> | null>(null)
  const isBusy = useSignal(false)
  return {
    answer,
    isBusy,
    async run(rule) {
      if (isBusy.value) return
      isBusy.value = true
      answer.value = await ask<RuleTrial>('/rules/try', { method: 'POST', body: { rule } })
      isBusy.value = false
    },
    forget() {
      if (answer.peek() !== null) answer.value = null
    },
  }
}

/** How often it would have rung, of how much, and when last. */
export function TrialSaid({ trial, quantity }: { readonly trial: Trial; readonly quantity: string }) {
  const words = useRuleWords()
  const store = useStore()
  const format = store.format.value
  if (trial.isBusy.value) return <span class="quiet">{words.trying}</span>
  const got = trial.answer.value
  if (got === null) return null
  if (!got.ok)
    return (
      <span class="quiet" lang={got.status === 0 ? undefined : 'en'}>
        {got.status === 0 ? store.words.value.notReachableTitle : got.detail}
      </span>
    )
  const { times, values, sensors, goods, items } = got.value
  const newest = items.at(-1)
  if (goods === 0) return <span class="quiet">{words.noGoodsTried}</span>
  if (values === 0) return <span class="quiet">{words.notTried}</span>
  return (
    <span>
      <b>{words.wouldRing(times, format.number(times))}</b>
      <br />
      <span class="quiet">
        {goods !== undefined && words.ofGoods(goods, format.number(goods))}
        {words.ofValues(values, format.number(values), format.number(sensors))}
        {newest !== undefined && (
          <>
            <br />
            {newest.items === undefined
              ? words.newest(
                  format.moment(Date.parse(newest.raisedAt)),
                  newest.subject,
                  format.quantity(quantity, newest.value),
                )
              : words.newestGoods(
                  format.moment(Date.parse(newest.raisedAt)),
                  newest.subject,
                  newest.items,
                  format.number(newest.items),
                )}
          </>
        )}
      </span>
    </span>
  )
}
