package com.example.labels;

import java.util.ArrayList;
import java.util.List;

public class LabelPrinter {

    private final int width;

    public LabelPrinter(int width) {
        this.width = width;
    }

    public List<String> print(List<Customer> customers) {
        List<String> labels = new ArrayList<>();
        for (Customer customer : customers) {
            if (customer.getAddress() == null) {
                continue;
            }
            labels.add(label(customer));
        }
        return labels;
    }

    private String label(Customer customer) {
        String text = customer.getName() + " | " + customer.getAddress().oneLine();
        return text.length() <= width ? text : text.substring(0, width);
    }
}
