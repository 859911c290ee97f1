/** The HTTP surface of the web process by short names. `schema.d.ts` is made from its OpenAPI document. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Session = Schemas['SessionOut']
export type SoftphoneAccess = Schemas['SoftphoneOut']
export type Code = Schemas['CodeOut']
export type Codes = Schemas['CodesOut']
export type CallOut = Schemas['CallOut']
export type CallDetail = Schemas['CallWithSteps']
export type CallPage = Schemas['CallPage']
export type QueueOut = Schemas['QueueOut']
export type Named = Schemas['NamedOut']
export type Step = Schemas['StepOut']
export type WrapUp = Schemas['WrapUpIn']
