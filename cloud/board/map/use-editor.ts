import { createContext } from 'preact'
import { useContext, useEffect, useMemo } from 'preact/hooks'
import { type MapWords, mapWordsOf } from '../core/words/map-words.ts'
import { useStore } from '../live/store.ts'
import { type Editor, openEditor } from './editor.ts'

const Context = createContext<Editor | null>(null)
export const EditorProvider = Context.Provider

/** The editor of the page around this component. */
export function useEditor(): Editor {
  const editor = useContext(Context)
  if (editor === null) throw new Error('no editor around this component')
  return editor
}

export function useMapWords(): MapWords {
  return mapWordsOf(useStore().preferences.value.language)
}

/** One editor as long as the page is there; asks again when another version of the map comes in force. */
export function useOpenEditor(site: string): Editor {
  const version = useStore().board.value?.map.version ?? 0
  const editor = useMemo(() => openEditor(site), [site])
  useEffect(() => {
    void editor.open()
  }, [editor, version])
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (editor.saving.peek().state !== 'saved') event.preventDefault()
    }
    addEventListener('beforeunload', warn)
    return () => {
      removeEventListener('beforeunload', warn)
      editor.close()
    }
  }, [editor])
  return editor
}
