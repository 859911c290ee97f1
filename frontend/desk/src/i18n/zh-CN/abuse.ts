export default {
  abuse: {
    warn: '警告来电者（文明沟通）',
    end: '播结束语并挂断',
    said: '正在向来电者播放警告。若仍不文明，可再按一次结束通话。',
    marked: '已警告',
    told: '{name} 警告了来电者：正在处理不文明来电。',
    count: '警告 {n}',
  },
}
