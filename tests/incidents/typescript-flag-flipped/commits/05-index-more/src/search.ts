import { enabled } from "./flags";
import { Hit, rank, Visitor } from "./ranking";

const INDEX: Hit[] = [
  { id: "mug-blue", score: 1.2, tags: ["kitchen", "blue"] },
  { id: "mug-red", score: 1.1, tags: ["kitchen", "red"] },
  { id: "mug-green", score: 0.9, tags: ["kitchen", "green"] },
];
const SYNONYMS: Record<string, string> = { cup: "mug", beaker: "mug", tumbler: "mug" };

export function search(query: string, visitor: Visitor): Hit[] {
  const word = enabled("synonyms") ? SYNONYMS[query] ?? query : query;
  const hits = INDEX.filter((hit) => hit.id.startsWith(word));
  return rank(hits, visitor);
}
