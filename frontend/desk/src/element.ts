import type { App } from 'vue'
import { ElConfigProvider } from 'element-plus/es/components/config-provider/index.mjs'
import { ElDialog } from 'element-plus/es/components/dialog/index.mjs'
import { ElInput } from 'element-plus/es/components/input/index.mjs'
import { ElSkeleton, ElSkeletonItem } from 'element-plus/es/components/skeleton/index.mjs'
import 'element-plus/es/components/dialog/style/css'
import 'element-plus/es/components/input/style/css'
import 'element-plus/es/components/message/style/css'
import 'element-plus/es/components/skeleton/style/css'
import 'element-plus/theme-chalk/dark/css-vars.css'

/** The parts of Element Plus the desk uses; the rest stays out of the bundle. */
export function useElement(app: App): void {
  for (const part of [ElConfigProvider, ElDialog, ElInput, ElSkeleton, ElSkeletonItem]) app.use(part)
}
