export default {
  ringing: {
    whyOf: '为什么 {name} 不响铃',
    titleOf: '为什么不响铃：{name}',
    live: '每 2 秒更新',
    checks: '逐项检查',
    passed: '正常：',
    failed: '不正常：',
    calm: '说明：',
    reset: '强制复位',
    askPlain: '放开卡住的状态和残留通道，不会打断正在进行的通话。',
    askEnds: '他正在通话。复位会结束这通电话：来电的客户回到队列由下一位接听，呼出的电话挂断。',
    yesPlain: '确认复位',
    yesEnds: '结束通话并复位',
    no: '取消',
    later: '电话引擎不在线：他的 {legs} 条通道还没有挂断，话机状态也不清楚，引擎恢复后自动处理。',
    done: '已复位，现在是“{state}”。',
  },
}
