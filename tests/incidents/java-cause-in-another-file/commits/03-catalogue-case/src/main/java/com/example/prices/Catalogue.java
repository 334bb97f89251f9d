package com.example.prices;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/** What every article costs. */
public class Catalogue {

    private final Map<String, BigDecimal> prices = new LinkedHashMap<>();

    public void put(String article, BigDecimal price) {
        prices.put(article.toLowerCase(), price);
    }

    public int size() {
        return prices.size();
    }
}
