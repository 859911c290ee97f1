export default {
  mobile: {
    title: '手机接听',
    use: { off: '不用', last: '话机不接时', only: '只用手机' },
    note: {
      off: '来电只响话机，不呼叫您的手机。',
      last: '话机离线或没接时呼叫您的手机，按 1 才接通；签出后自动关闭。',
      only: '来电直接呼叫您的手机，按 1 才接通；签出后自动关闭。',
    },
    answer: '请在手机上接听，按 1 接通',
    talks: '手机通话中',
    mark: '手机',
    set: '改用手机',
    unset: '停用手机',
    setFor: '{name} 的来电改为只呼叫其手机',
    unsetFor: '停止呼叫 {name} 的手机',
  },
}
