export * from '@shared/clock'
