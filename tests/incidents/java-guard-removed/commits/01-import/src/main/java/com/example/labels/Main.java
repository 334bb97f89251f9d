package com.example.labels;

import java.util.List;

public class Main {

    public static void main(String[] args) {
        Address home = new Address("Lindenweg 4", "10115", "Berlin", "DE");
        List<Customer> customers = List.of(new Customer("Novak", home), new Customer("Moreau", null));
        for (String label : new LabelPrinter(60).print(customers)) {
            System.out.println(label);
        }
    }
}
