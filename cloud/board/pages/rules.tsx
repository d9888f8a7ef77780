import { useSignal } from '@preact/signals'
import { config } from 'zod'
import '../style/rules.css'
import type { Page, RuleOnGateway } from '../../../shared/api.ts'
import type { Rule } from '../../../shared/rule.ts'
import { ask } from '../live/ask.ts'
import { keptRule } from '../live/kept-draft.ts'
import { useStore } from '../live/store.ts'
import { Notice, RefusalNotice } from '../parts/notice.tsx'
import { useAnswer } from '../parts/use-answer.ts'
import { useMay, useSession } from '../parts/use-session.ts'
import { RuleForm } from '../rules/rule-form.tsx'
import { RuleTable } from '../rules/rule-table.tsx'
import { RulesFileForm } from '../rules/rules-file-form.tsx'
import { useRuleWords } from '../rules/use-rule-words.ts'

// The content security policy allows no code that is made of text.
config({ jitless: true })

const askEveryMs = 5_000
/** A change is in the journal at once, and in the list when the alerts have read it. */
const soonMs = 300

/** What raises alerts: looked at, tried on history, written, taken from a file. */
export function RulesPage() {
  const said = useStore().words.value
  const words = useRuleWords()
  const site = useStore().board.value?.site
  const session = useSession().answer.value
  const may = useMay()
  if (session === null || site === undefined) return <div class="page" aria-busy="true" />
  if (!session.ok) return <RefusalNotice refusal={session} />
  if (!may('supervisor')) return <Notice title={said.notAllowedTitle}>{words.hidden}</Notice>
  return <Rules key={site} site={site} />
}

interface RulesAnswer extends Page<Rule> {
  readonly onGateways: readonly RuleOnGateway[]
}

function Rules({ site }: { readonly site: string }) {
  const said = useStore().words.value
  const words = useRuleWords()
  const { answer, again } = useAnswer<RulesAnswer>(site, (signal) => ask('/rules', { signal }), askEveryMs)
  const kept = useSignal(keptRule(localStorage, site))
  /** `null`: the form is closed; `undefined` in it: of a new rule. */
  const open = useSignal<{ readonly rule: Rule | undefined } | null>(null)
  const got = answer.value
  if (got === null) return <section class="page" aria-busy="true" />
  if (!got.ok) return <RefusalNotice refusal={got} onRetry={again} />
  const rules = got.value.items.filter((rule) => rule.site === site)
  const begun = kept.value
  const form =
    open.value ??
    (begun === null ? null : { rule: begun.isChange ? rules.find(({ id }) => id === begun.draft.id) : undefined })
  const leave = () => {
    kept.value = null
    open.value = null
    setTimeout(again, soonMs)
  }
  return (
    <section class="page rules">
      <h1>{words.title}</h1>
      <p class="quiet">{words.intro}</p>
      {rules.length === 0 ? (
        <p class="big">{words.none}</p>
      ) : (
        <RuleTable
          rules={rules}
          onGateways={got.value.onGateways}
          onChange={(rule) => {
            kept.value = null
            open.value = { rule }
          }}
        />
      )}
      {form === null ? (
        <p>
          <button type="button" class="button primary" onClick={() => (open.value = { rule: undefined })}>
            {words.add}
          </button>
        </p>
      ) : (
        <RuleForm
          key={form.rule?.id ?? ''}
          site={site}
          rule={form.rule}
          kept={open.value === null ? begun : null}
          onLeave={leave}
        />
      )}
      <h2>{words.file}</h2>
      <RulesFileForm site={site} rules={got.value.items} onApplied={() => setTimeout(again, soonMs)} />
      <p class="quiet">{said.siteTime(useStore().board.value?.map.timeZone ?? 'UTC')}</p>
    </section>
  )
}
