import { enabled } from "./flags";

export interface Hit {
  id: string;
  score: number;
  tags: string[];
}

export interface Visitor {
  id: string;
  profile?: { favourites: string[] };
}

function affinity(hit: Hit, visitor: Visitor): number {
  const favourites = new Set(visitor.profile.favourites);
  return hit.tags.filter((tag) => favourites.has(tag)).length;
}

/** Best hits first; hits of equal score keep the order of the index. */
export function rank(hits: Hit[], visitor: Visitor): Hit[] {
  const boost = (hit: Hit) => (enabled("personalRanking") ? affinity(hit, visitor) : 0);
  return [...hits].sort((a, b) => b.score + boost(b) - (a.score + boost(a)));
}
