/** Orders as the shop's API returns them. */
export interface Price {
  amount: number;
  currency: string;
}

export interface Order {
  id: string;
  placedAt: string;
  price: Price;
  discount?: Price;
}

export async function fetchOrders(): Promise<Order[]> {
  return [
    { id: "A-1", placedAt: "2025-11-18T08:55:00Z", price: { amount: 4200, currency: "EUR" }, discount: { amount: 500, currency: "EUR" } },
    { id: "A-2", placedAt: "2025-11-18T08:58:00Z", price: { amount: 1999, currency: "EUR" } },
  ];
}
