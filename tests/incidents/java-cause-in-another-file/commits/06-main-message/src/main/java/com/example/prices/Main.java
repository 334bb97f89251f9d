package com.example.prices;

import java.util.List;

public class Main {

    public static void main(String[] args) {
        Catalogue catalogue = new Catalogue();
        new Importer(catalogue).load(new SupplierFile(List.of("mug\t12,50", "poster A2\t9,90", "desk\t249,00")));
        System.out.println(catalogue.size() + " articles loaded");
    }
}
