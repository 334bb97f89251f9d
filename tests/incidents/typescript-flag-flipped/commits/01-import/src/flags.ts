import * as flags from "./flags.json";

export type Flag = "synonyms" | "fuzzyMatching" | "personalRanking";

/** Whether a feature is switched on for everybody. */
export function enabled(flag: Flag): boolean {
  return flags[flag];
}
