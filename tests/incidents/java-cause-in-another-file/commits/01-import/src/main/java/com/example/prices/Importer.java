package com.example.prices;

/** Reads a supplier's file into the catalogue. */
public class Importer {

    private final Catalogue catalogue;
    private final PriceParser parser = new PriceParser();

    public Importer(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    public void load(SupplierFile file) {
        int number = 0;
        for (String[] row : file.rows()) {
            number++;
            loadRow(row, number);
        }
    }

    private void loadRow(String[] row, int number) {
        try {
            catalogue.put(row[0], parser.parse(row[1]));
        } catch (NumberFormatException e) {
            throw new IllegalStateException("cannot load row " + number + " of the supplier's file", e);
        }
    }
}
