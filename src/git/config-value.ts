/** Whether a value of git's configuration stands for true: `true`, `yes`, `on`, or a number that is not 0 (git-config). */
export function isTrue(value: string): boolean {
  return /^(?:true|yes|on|[-+]?0*[1-9]\d*)$/i.test(value);
}
