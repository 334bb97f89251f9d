package com.example.prices;

import java.util.ArrayList;
import java.util.List;

/** The supplier's file: article, a tab or spaces, price. */
public class SupplierFile {

    private final List<String> lines;

    public SupplierFile(List<String> lines) {
        this.lines = lines;
    }

    public List<String[]> rows() {
        List<String[]> rows = new ArrayList<>();
        for (String line : lines) {
            if (!line.isBlank()) {
                rows.add(line.trim().split("[\\t ]+", 2));
            }
        }
        return rows;
    }
}
