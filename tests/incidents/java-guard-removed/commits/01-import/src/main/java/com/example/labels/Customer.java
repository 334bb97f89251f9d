package com.example.labels;

public class Customer {

    private final String name;
    private final Address address;

    public Customer(String name, Address address) {
        this.name = name;
        this.address = address;
    }

    public String getName() {
        return name;
    }

    /** Where to send parcels, or null when the customer collects them at the shop. */
    public Address getAddress() {
        return address;
    }
}
