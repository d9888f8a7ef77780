import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Rule } from '../../../shared/rule.ts'
import { checkedRule, draftOfRule, type Flaw, newDraft, type RuleDraft, withKind } from '../core/rule-draft.ts'
import { canBeTried, fieldsOf, isRare, type RuleField, ruleKinds } from '../core/rule-fields.ts'
import { ruleFromYaml, type TextFlaw, yamlOf } from '../core/rule-yaml.ts'
import { nameIn } from '../core/words/rule-words.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { type KeptRule, keepRule } from '../live/kept-draft.ts'
import { useStore } from '../live/store.ts'
import { RefusalNotice } from '../parts/notice.tsx'
import { RuleFieldInput } from './rule-field.tsx'
import { TrialSaid, useTrial } from './rule-trial.tsx'
import { useRuleWords } from './use-rule-words.ts'

/** Makes a rule, or changes or removes the one it is given. What is typed is kept in this browser until it is saved. */
export function RuleForm({
  site,
  rule,
  kept,
  onLeave,
}: {
  readonly site: string
  readonly rule: Rule | undefined
  /** What was not saved at the last visit. */
  readonly kept: KeptRule | null
  onLeave(): void
}) {
  const store = useStore()
  const words = useRuleWords()
  const isKnown = rule === undefined || ruleKinds.includes(rule.type)
  const draft = useSignal<RuleDraft>(
    kept?.draft ?? (rule === undefined ? newDraft('threshold', newId()) : draftOfRule(rule)),
  )
  /** `null`: it is written in the form. */
  const text = useSignal<string | null>(kept === null ? (isKnown ? null : yamlOf(withoutPlace(rule))) : kept.text)
  const isKept = useSignal(kept !== null)
  const touched = useSignal<ReadonlySet<string>>(new Set())
  /** How often it was to be saved. */
  const presses = useSignal(0)
  const textFlaws = useSignal<readonly TextFlaw[]>([])
  const isSure = useSignal(false)
  const isBusy = useSignal(false)
  const refused = useSignal<Refusal | null>(null)
  const trial = useTrial()
  const form = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => {
    form.current?.scrollIntoView({ block: 'nearest' })
    form.current?.querySelector<HTMLElement>('input, select, textarea')?.focus()
  }, [])
  const isChange = kept?.isChange ?? rule !== undefined
  const keep = () => keepRule(localStorage, site, { draft: draft.value, text: text.value, isChange })
  const change = (next: RuleDraft) => {
    draft.value = next
    trial.forget()
    keep()
  }

  const checked = checkedRule(draft.value, site)
  const flaws: ReadonlyMap<string, Flaw> = checked.ok ? new Map() : checked.flaws
  const fields = fieldsOf(draft.value.kind) ?? []
  const name = rule?.name ?? ''
  const id = draft.value.id

  const read = (): { readonly rule: unknown; readonly name: string } | null => {
    if (text.value === null) return checked.ok ? { rule: checked.rule, name: checked.rule.name } : null
    const answer = ruleFromYaml(text.value, { id, site, kinds: ruleKinds })
    textFlaws.value = answer.ok ? [] : answer.flaws
    return answer.ok ? { rule: answer.value, name: String(Object(answer.value).name ?? id) } : null
  }
  const save = async () => {
    presses.value += 1
    const wanted = read()
    if (wanted === null) return
    isBusy.value = true
    const answer = await ask(`/rules/${encodeURIComponent(id)}`, { method: 'PUT', body: wanted.rule })
    isBusy.value = false
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    keepRule(localStorage, site, null)
    store.say(words.saved(wanted.name))
    onLeave()
  }
  useLayoutEffect(() => {
    // After the flaws of a refused press are drawn.
    if (presses.value > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [presses.value])
  const remove = async () => {
    if (!isSure.value) {
      isSure.value = true
      return
    }
    const answer = await ask(`/rules/${encodeURIComponent(id)}`, { method: 'DELETE' })
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    keepRule(localStorage, site, null)
    store.say(words.removed(name))
    onLeave()
  }
  const leave = () => {
    keepRule(localStorage, site, null)
    onLeave()
  }
  const toText = () => {
    text.value = yamlOf(withoutPlace(checked.ok ? checked.rule : { type: draft.value.kind, ...draft.value.values }))
    textFlaws.value = []
    keep()
  }
  const toForm = () => {
    const answer = ruleFromYaml(text.value ?? '', { id, site, kinds: ruleKinds })
    textFlaws.value = answer.ok ? [] : answer.flaws
    if (!answer.ok) return
    const { type } = Object(answer.value) as { readonly type: string }
    if (!ruleKinds.includes(type)) return
    text.value = null
    change(draftOfRule({ ...(answer.value as Rule), id }))
  }
  const shown = (field: RuleField) => (
    <RuleFieldInput
      key={field.key}
      kind={draft.value.kind}
      field={field}
      values={draft.value.values}
      flaw={presses.value > 0 || touched.value.has(field.key) ? flaws.get(field.key) : undefined}
      onChange={(key, value) => change({ ...draft.value, values: { ...draft.value.values, [key]: value } })}
      onTouch={() => {
        touched.value = new Set(touched.value).add(field.key)
      }}
    />
  )
  const rest = flaws.get('')
  const title = isChange ? words.changeTitle(name === '' ? id : name) : words.add
  return (
    <form
      ref={form}
      class="wall-form rule-form"
      aria-label={title}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy.value) void save()
      }}
    >
      <h2 class="wide">{title}</h2>
      {isKept.value && (
        <p class="wide kept" role="status">
          {words.kept}{' '}
          <button type="button" class="button" onClick={leave}>
            {words.keptDrop}
          </button>
        </p>
      )}
      {text.value === null ? (
        <>
          <div class="wide rule-field">
            <label for="rule-kind">{words.kind}</label>
            <select
              id="rule-kind"
              value={draft.value.kind}
              onChange={(event) => change(withKind(draft.value, event.currentTarget.value))}
            >
              {ruleKinds.map((kind) => (
                <option key={kind} value={kind}>
                  {nameIn(words.kindNames, kind)}
                </option>
              ))}
            </select>
          </div>
          {fields.filter((field) => !isRare(field)).map(shown)}
          <details class="wide" open={fields.some((field) => isRare(field) && flaws.has(field.key))}>
            <summary>{words.more}</summary>
            <div class="rule-rare">{fields.filter(isRare).map(shown)}</div>
          </details>
          {rest?.what === 'other' && (
            <p class="wide field-flaw" lang="en">
              {rest.message}
            </p>
          )}
          {presses.value > 0 && flaws.size > 0 && (
            <p class="wide field-flaw" role="status">
              {words.mendFirst(flaws.size, store.format.value.number(flaws.size))}
            </p>
          )}
        </>
      ) : (
        <>
          {!isKnown && <p class="wide quiet">{words.kindUnknown(rule.type)}</p>}
          <div class="wide rule-field">
            <label for="rule-text">{words.text}</label>
            <textarea
              id="rule-text"
              class="mono"
              rows={16}
              spellcheck={false}
              aria-invalid={textFlaws.value.length > 0}
              value={text.value}
              onInput={(event) => {
                text.value = event.currentTarget.value
                keep()
              }}
            />
          </div>
          <TextFlaws flaws={textFlaws.value} />
        </>
      )}
      {refused.value !== null && (
        <div class="wide">
          <RefusalNotice refusal={refused.value} />
        </div>
      )}
      {text.value === null && canBeTried(draft.value.kind) && (
        <p class="wide rule-try">
          <button
            type="button"
            class="button"
            disabled={!checked.ok || trial.isBusy.value}
            onClick={() => checked.ok && void trial.run(checked.rule)}
          >
            {words.try}: {words.tried}
          </button>{' '}
          <span role="status">
            <TrialSaid trial={trial} quantity={String(draft.value.values['quantity'] ?? '')} />
          </span>
        </p>
      )}
      <p class="wide row-acts">
        <button type="submit" class="button primary" disabled={isBusy.value}>
          {words.save}
        </button>
        <button type="button" class="button" onClick={leave}>
          {words.leave}
        </button>
        {isKnown && (
          <button type="button" class="button" onClick={text.value === null ? toText : toForm}>
            {text.value === null ? words.asText : words.asForm}
          </button>
        )}
        {isChange && (
          <button type="button" class="button" onClick={() => void remove()}>
            {isSure.value ? words.removeSure : words.remove}
          </button>
        )}
      </p>
    </form>
  )
}

export function TextFlaws({ flaws }: { readonly flaws: readonly TextFlaw[] }) {
  const words = useRuleWords()
  if (flaws.length === 0) return null
  return (
    <ul class="wide field-flaw" role="status">
      {flaws.slice(0, 20).map(({ line, message }) => (
        <li key={`${line} ${message}`}>
          {line > 0 && `${words.line(line)}: `}
          <span lang="en">{message}</span>
        </li>
      ))}
    </ul>
  )
}

function newId(): string {
  return `rule-${Date.now().toString(36)}`
}

/** As text, id and site are not for changing. */
function withoutPlace(rule: object): object {
  return Object.fromEntries(Object.entries(rule).filter(([key]) => key !== 'id' && key !== 'site'))
}
