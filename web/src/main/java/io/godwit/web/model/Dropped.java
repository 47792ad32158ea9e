package io.godwit.web.model;

/**
 * What the budget did not allow.
 *
 * @param topics that were evicted, the least recently updated first
 * @param values that were thinned out of histories
 * @param payloads that were larger than half of the tree's budget
 */
public record Dropped(long topics, long values, long payloads) {}
