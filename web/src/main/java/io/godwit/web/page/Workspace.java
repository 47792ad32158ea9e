package io.godwit.web.page;

/**
 * What all pages of one server share.
 *
 * @param version of Godwit
 * @param readOnly whether pages may change nothing at a broker
 */
public record Workspace(String version, boolean readOnly) {}
