import { shallowRef, watch, type ShallowRef } from 'vue'

import { useWork } from '@courier/stores/work'

/** A task's pictures, which outlive the page until they are dropped: phones often end it while the camera is open. */
export function useKeptPictures(task: number): { pictures: ShallowRef<Blob[]>; drop: () => void } {
  const work = useWork()
  const name = `pictures:${task}`
  const pictures = shallowRef<Blob[]>([])
  // A phone without room for it says so when the deed itself is kept.
  const keep = (value: Blob[]) => void work.keep(name, value).catch(() => undefined)
  void work.kept<Blob[]>(name).then((kept) => kept?.length && !pictures.value.length && (pictures.value = kept), () => undefined)
  watch(pictures, keep)
  return { pictures, drop: () => keep([]) }
}
