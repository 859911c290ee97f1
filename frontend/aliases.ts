import { fileURLToPath } from 'node:url'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The short names of folders, as in tsconfig.json: `@` is the desk's. */
export const alias = { '@shared': here('./shared'), '@courier': here('./courier/src'), '@': here('./desk/src') }
