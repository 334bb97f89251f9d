import { format } from "./money";
import { Order } from "./orders";

const COLUMNS = ["id", "placed", "price", "discount", "net"];

function quoted(value: string): string {
  return value.includes(";") ? `"${value}"` : value;
}

/** One order as the columns of the export. */
export function toRow(order: Order): string[] {
  const { price, discount } = order;
  const net = { amount: price.amount - discount.amount, currency: price.currency };
  return [order.id, order.placedAt, format(price), discount ? format(discount) : "", format(net)];
}

export function toCsv(orders: Order[]): string {
  const rows = orders.map(toRow);
  return [COLUMNS, ...rows].map((row) => row.map(quoted).join(";")).join("\n");
}
