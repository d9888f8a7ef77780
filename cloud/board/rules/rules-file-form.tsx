import { useSignal } from '@preact/signals'
import { Rule } from '../../../shared/rule.ts'
import { differenceOf, type RuleDifference } from '../../../shared/rules/difference.ts'
import { fileText } from '../core/file-text.ts'
import { rulesFileText, rulesFromText, type TextFlaw } from '../core/rule-yaml.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { RefusalNotice } from '../parts/notice.tsx'
import { TextFlaws } from './rule-form.tsx'
import { useRuleWords } from './use-rule-words.ts'

/** The rules of the site go out as a file and come in again; what would change is told first. */
export function RulesFileForm({
  site,
  rules,
  onApplied,
}: {
  readonly site: string
  /** Of every site that they may see. */
  readonly rules: readonly Rule[]
  onApplied(): void
}) {
  const store = useStore()
  const words = useRuleWords()
  const format = store.format.value
  const text = useSignal('')
  const flaws = useSignal<readonly TextFlaw[]>([])
  const remark = useSignal('')
  /** Of the text as it stands. */
  const found = useSignal<RuleDifference | null>(null)
  const isBusy = useSignal(false)
  const refused = useSignal<Refusal | null>(null)
  const change = (next: string) => {
    text.value = next
    flaws.value = []
    found.value = null
    refused.value = null
    remark.value = ''
  }
  const check = () => {
    const read = rulesFromText(text.value)
    flaws.value = read.ok ? [] : read.flaws
    if (!read.ok) return
    if (read.value.site !== site) {
      remark.value = words.fileOtherSite(read.value.site, site)
      return
    }
    const difference = differenceOf(site, read.value.rules, rules)
    if (difference.taken.length > 0) remark.value = words.fileTaken(difference.taken.map(({ id }) => id).join(', '))
    else found.value = difference
  }
  const apply = async ({ added, changed }: RuleDifference) => {
    isBusy.value = true
    const sent = text.value
    const wanted = [...added, ...changed.map(({ rule }) => rule)]
    for (const [done, rule] of wanted.entries()) {
      const answer = await ask(`/rules/${encodeURIComponent(rule.id)}`, { method: 'PUT', body: rule })
      if (answer.ok) continue
      refused.value = answer
      remark.value = words.fileRefused(rule.id, format.number(done))
      break
    }
    isBusy.value = false
    if (refused.value === null) {
      const said = words.fileApplied(wanted.length, format.number(wanted.length))
      // Another text was put in meanwhile: it stays.
      if (text.value === sent) change('')
      remark.value = said
      store.say(said)
    }
    found.value = null
    onApplied()
  }
  const download = () => {
    const known = rules.filter((rule) => rule.site === site && Rule.safeParse(rule).success)
    const url = URL.createObjectURL(new Blob([rulesFileText(site, known)], { type: 'application/yaml' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `rules-${site}.yaml`
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 1000)
  }
  const difference = found.value
  const count = difference === null ? 0 : difference.added.length + difference.changed.length
  return (
    <form
      class="wall-form"
      aria-label={words.file}
      onSubmit={(event) => {
        event.preventDefault()
        check()
      }}
    >
      <p class="wide quiet">{words.fileIntro}</p>
      <p class="wide">
        <button type="button" class="button" onClick={download}>
          {words.fileExport}
        </button>
      </p>
      <label class="wide">
        {words.fileChoose}
        <input
          type="file"
          accept=".yaml,.yml,application/yaml"
          onChange={async (event) => {
            const file = event.currentTarget.files?.[0]
            event.currentTarget.value = ''
            if (file !== undefined) change(fileText(new Uint8Array(await file.arrayBuffer()))?.text ?? '')
          }}
        />
      </label>
      <label class="wide">
        {words.fileText}
        <textarea
          class="mono"
          rows={6}
          required
          spellcheck={false}
          value={text.value}
          onInput={(event) => change(event.currentTarget.value)}
        />
      </label>
      <TextFlaws flaws={flaws.value} />
      <p class="wide" role="status">
        {remark.value}
      </p>
      {difference !== null && (
        <dl class="wide rule-difference">
          <Names of={words.fileAdded} names={difference.added.map(({ name }) => name)} />
          <Names
            of={words.fileChanged}
            names={difference.changed.map(({ rule, fields }) => `${rule.name} (${fields.join(', ')})`)}
          />
          <Names of={words.fileUnnamed} names={difference.unnamed.map(({ name }) => name)} />
          {difference.same.length > 0 && (
            <div>
              <dt>{words.fileSame(difference.same.length, format.number(difference.same.length))}</dt>
            </div>
          )}
        </dl>
      )}
      {refused.value !== null && (
        <div class="wide">
          <RefusalNotice refusal={refused.value} />
        </div>
      )}
      <p class="wide row-acts">
        <button type="submit" class="button" disabled={isBusy.value}>
          {words.fileCheck}
        </button>
        {difference !== null &&
          (count > 0 ? (
            <button type="button" class="button primary" disabled={isBusy.value} onClick={() => void apply(difference)}>
              {words.fileApply(count, format.number(count))}
            </button>
          ) : (
            <span>{words.fileNothing}</span>
          ))}
      </p>
    </form>
  )
}

function Names({ of, names }: { readonly of: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null
  return (
    <div>
      <dt>{of}</dt>
      {names.map((name) => (
        <dd key={name}>{name}</dd>
      ))}
    </div>
  )
}
