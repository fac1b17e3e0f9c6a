/** What ptyd says to people: in a recording, and on the screen itself. */
export const words = {
  omitted: (bytes: number) =>
    `输出太多，略去 ${bytes < 1_048_576 ? `${Math.ceil(bytes / 1_024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`}`,
  full: '录像已满，到此为止',
  inputRefused: '织网：输入太多，程序还没有读完，后面的没有送达',
};
