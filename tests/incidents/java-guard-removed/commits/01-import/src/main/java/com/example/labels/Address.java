package com.example.labels;

public record Address(String street, String postcode, String city, String country) {

    public String oneLine() {
        return street + ", " + postcode + " " + city + ", " + country;
    }
}
