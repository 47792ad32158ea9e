package example;

/** What a boiler reports, as JSON: {@code {"celsius": 71.5}}. */
public record Reading(double celsius) {}
