import { search } from "./search";

function handle(query: string, visitorId: string): string {
  const hits = search(query, { id: visitorId });
  return JSON.stringify(hits.map((hit) => hit.id));
}

setTimeout(() => console.log(handle("cup", "v-77")), 1);
