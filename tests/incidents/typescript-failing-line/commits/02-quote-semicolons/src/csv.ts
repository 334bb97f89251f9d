import { format } from "./money";
import { Order } from "./orders";

const COLUMNS = ["id", "placed", "price", "discount"];

function quoted(value: string): string {
  return value.includes(";") ? `"${value}"` : value;
}

/** One order as the columns of the export. */
export function toRow(order: Order): string[] {
  const discount = order.discount ? format(order.discount) : "";
  return [order.id, order.placedAt, format(order.price), discount];
}

export function toCsv(orders: Order[]): string {
  const rows = orders.map((order) => toRow(order));
  return [COLUMNS, ...rows].map((row) => row.map(quoted).join(";")).join("\n");
}
