package com.example.labels;

/** A postal address; the country is a two-letter code. */
public record Address(String street, String postcode, String city, String country) {

    public String oneLine() {
        String name = new java.util.Locale("", country).getDisplayCountry(java.util.Locale.ENGLISH);
        return street + ", " + postcode + " " + city + ", " + name.toUpperCase(java.util.Locale.ENGLISH);
    }
}
