package com.example.labels;

import java.util.List;

public class LabelPrinter {

    private final int width;

    public LabelPrinter(int width) {
        this.width = width;
    }

    public List<String> print(List<Customer> customers) {
        return customers.stream().map(this::label).toList();
    }

    private String label(Customer customer) {
        String text = customer.getName() + " | " + customer.getAddress().oneLine();
        return text.length() <= width ? text : text.substring(0, width);
    }
}
