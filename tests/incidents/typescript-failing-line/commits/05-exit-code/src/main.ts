import { toCsv } from "./csv";
import { fetchOrders } from "./orders";

async function main(): Promise<void> {
  const orders = await fetchOrders();
  process.stdout.write(toCsv(orders) + "\n");
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
