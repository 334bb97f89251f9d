package com.example.prices;

import java.math.BigDecimal;

/** Prices as suppliers write them. */
public class PriceParser {

    public BigDecimal parse(String text) {
        return new BigDecimal(text.replace(',', '.'));
    }
}
