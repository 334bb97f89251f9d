package com.example.prices;

import java.math.BigDecimal;

/** Prices as suppliers write them: `12,50` or `12.50`. */
public class PriceParser {

    public BigDecimal parse(String text) {
        return new BigDecimal(text.replace(',', '.'));
    }
}
